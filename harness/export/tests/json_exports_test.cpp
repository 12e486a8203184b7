#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/export/tests/summary_fixture.hpp"
#include "harness/export/writers.hpp"
#include "harness/stats/tests/bench_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::kCost;
using fixtures::troubled_summary;
using nlohmann::json;

TEST(GoogleBenchmark, HasAnEntryPerRoundAndOneForTheMedian) {
  const auto written = json::parse(google_benchmark_json(troubled_summary()));
  std::vector<double> times;
  json median;
  for (const auto& entry : written.at("benchmarks")) {
    if (entry.at("run_name") != "load/echo/single_loop") continue;
    if (entry.at("run_type") == "aggregate") {
      median = entry;
    } else {
      EXPECT_EQ(entry.at("repetition_index"), times.size());
      times.push_back(entry.at("cpu_time"));
    }
  }
  EXPECT_THAT(times, testing::ElementsAre(4.0, 4.1, 4.2, 4.3, 4.4, 4.5));
  EXPECT_EQ(median.at("name"), "load/echo/single_loop_median");
  EXPECT_EQ(median.at("aggregate_name"), "median");
  EXPECT_EQ(median.at("cpu_time"), 4.25);
  EXPECT_EQ(median.at("time_unit"), "us");
  EXPECT_EQ(median.at("throughput_rps"), 8000);
}

TEST(GoogleBenchmark, MarksWhatCouldNotBeMeasured) {
  const auto written = json::parse(google_benchmark_json(troubled_summary()));
  int marked = 0;
  for (const auto& entry : written.at("benchmarks")) {
    for (const char* field : {"name", "run_name", "iterations", "real_time", "cpu_time", "time_unit", "threads"}) {
      EXPECT_TRUE(entry.contains(field)) << field;
    }
    if (!entry.value("error_occurred", false)) continue;
    EXPECT_NE(entry.at("error_message"), "");
    ++marked;
  }
  EXPECT_EQ(marked, 4) << "skipped, crashed, invalid, and a broken must";
  EXPECT_EQ(written.at("context").at("gauntlet_revision"), "abc123");
}

TEST(Bencher, HasAMeasureWithItsIntervalForEachMetric) {
  const auto written = json::parse(bencher_json(troubled_summary()));
  const auto& measure = written.at("load/echo/single_loop").at(kCost);
  EXPECT_EQ(measure.at("value"), 4.25);
  EXPECT_EQ(measure.at("lower_value"), 4.0);
  EXPECT_EQ(measure.at("upper_value"), 4.5);
  const auto& odd = written.at(std::string(fixtures::kOddCell) + "/single_loop").at(kCost);
  EXPECT_EQ(odd.at("value"), 4);
  EXPECT_FALSE(odd.contains("lower_value")) << "one round has no interval";
  EXPECT_FALSE(written.contains("load/echo/asio"));
}

TEST(GithubBenchmark, HasOneDirectionAFile) {
  const auto summary = troubled_summary();
  const auto smaller = json::parse(github_smaller_is_better_json(summary));
  const auto bigger = json::parse(github_bigger_is_better_json(summary));
  ASSERT_EQ(bigger.size(), 1u);
  EXPECT_EQ(bigger[0].at("name"), "load/echo single_loop throughput_rps");
  EXPECT_EQ(bigger[0].at("value"), 8000);
  EXPECT_EQ(smaller[0].at("name"), "load/echo single_loop subject_cpu_us_per_request");
  EXPECT_EQ(smaller[0].at("unit"), "us");
  EXPECT_EQ(smaller[0].at("range"), "4 to 4.5");
  for (const auto& entry : smaller) EXPECT_TRUE(entry.at("value").is_number());
}

}  // namespace
}  // namespace gauntlet
