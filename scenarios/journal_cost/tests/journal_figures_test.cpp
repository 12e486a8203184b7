#include "scenarios/journal_cost/journal_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/info.hpp"
#include "scenarios/journal_cost/journal_cost.hpp"

namespace gauntlet {
namespace {

std::map<std::string, double> round_with(double raw, double segment_1) {
  return {{"raw", raw},      {"segment_1", segment_1}, {"segment_64", 600}, {"mmap_1", 10},     {"mmap_64", 100},
          {"leveldb_1", 50}, {"leveldb_64", 300},      {"rocksdb_1", 40},   {"rocksdb_64", 200}};
}

TEST(JournalFigures, RatiosAreTakenWithinARoundAndThenTheirMedian) {
  const auto metrics = append_metrics({round_with(100, 80), round_with(1000, 900), round_with(10, 7)});
  EXPECT_DOUBLE_EQ(metrics.at("segment_1_of_raw_percent"), 80);
  EXPECT_DOUBLE_EQ(metrics.at("raw_appends_per_s"), 100);
  EXPECT_DOUBLE_EQ(metrics.at("segment_64_of_segment_1_ratio"), 600.0 / 80);
  EXPECT_DOUBLE_EQ(metrics.at("segment_64_of_rocksdb_64_ratio"), 3);
}

TEST(JournalFigures, EachIsAMetricOfTheScenario) {
  const auto& declared = journal_cost_scenario().info().metrics;
  for (const auto& [name, value] : append_metrics({round_with(100, 80)})) {
    EXPECT_NE(std::ranges::find(declared, name, &MetricInfo::name), declared.end()) << name;
  }
}

}  // namespace
}  // namespace gauntlet
