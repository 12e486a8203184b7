#include "harness/import/google_benchmark_import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gauntlet {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json benchmark_entry(const char* name, double cpu_us) {
  return {{"name", name},          {"run_name", name},  {"run_type", "iteration"}, {"repetitions", 2},
          {"repetition_index", 0}, {"threads", 1},      {"iterations", 1000},      {"real_time", cpu_us * 2},
          {"cpu_time", cpu_us},    {"time_unit", "us"}, {"items_per_second", 5e6}, {"allocations", 3.0}};
}

/// As the library writes it (1.7.1).
json benchmark_report(const std::vector<json>& benchmarks, const char* date = "2026-01-31T12:00:00+00:00") {
  return {{"context",
           {{"date", date},
            {"host_name", "lab"},
            {"executable", "./bench"},
            {"num_cpus", 2},
            {"mhz_per_cpu", 2500},
            {"cpu_scaling_enabled", false},
            {"library_build_type", "release"}}},
          {"benchmarks", benchmarks}};
}

NamedText report_file(const char* name, const json& content) { return {name, content.dump()}; }

TEST(GoogleBenchmarkImport, MakesACellOfABenchmarkAndARoundOfARepetition) {
  const NamedText files[] = {
      report_file("1.json", benchmark_report({benchmark_entry("BM_a/8", 4), benchmark_entry("BM_a/8", 5),
                                              benchmark_entry("BM_b", 1)})),
      report_file("2.json", benchmark_report({benchmark_entry("BM_a/8", 6)}, "2026-01-31T12:01:00+00:00"))};
  const auto results = import_google_benchmark(files);
  ASSERT_TRUE(results) << results.error();
  ASSERT_EQ(results->plan.cells.size(), 2u);
  EXPECT_EQ(results->plan.cells[0].cell, "benchmark/BM_a/8");
  EXPECT_EQ(results->plan.rounds, 3);
  ASSERT_EQ(results->records.size(), 4u);
  EXPECT_EQ(results->records[3].spec.round, 2);
  EXPECT_EQ(results->records[3].started, "2026-01-31T12:01:00+00:00");
  EXPECT_EQ(results->records[0].metrics.at("cpu_time_ns").value, 4000);
  EXPECT_EQ(results->records[0].metrics.at("real_time_ns").value, 8000);
}

TEST(GoogleBenchmarkImport, TakesCountersAsMetricsAndKnowsWhichWayIsBetter) {
  const NamedText files[] = {report_file("1.json", benchmark_report({benchmark_entry("BM_a", 4)}))};
  const auto results = import_google_benchmark(files);
  ASSERT_TRUE(results) << results.error();
  const auto& metrics = results->records[0].metrics;
  EXPECT_EQ(metrics.at("items_per_second").better, Better::higher);
  EXPECT_EQ(metrics.at("allocations").better, Better::lower);
  EXPECT_FALSE(metrics.contains("iterations"));
  EXPECT_EQ(results->plan.cells[0].metrics.size(), metrics.size());
}

TEST(GoogleBenchmarkImport, LeavesAggregatesOutAndKeepsErrors) {
  json mean = benchmark_entry("BM_a_mean", 4);
  mean["run_type"] = "aggregate";
  const json broken = {
      {"name", "BM_b"}, {"run_type", "iteration"}, {"error_occurred", true}, {"error_message", "no disk"}};
  const NamedText files[] = {report_file("1.json", benchmark_report({mean, broken}))};
  const auto results = import_google_benchmark(files);
  ASSERT_TRUE(results) << results.error();
  ASSERT_EQ(results->records.size(), 1u);
  EXPECT_EQ(results->records[0].status, RunStatus::failed);
  EXPECT_EQ(results->records[0].reason, "no disk");
}

TEST(GoogleBenchmarkImport, RefusesWhatItDoesNotUnderstand) {
  const auto refusal = [](const std::vector<NamedText>& files) {
    const auto results = import_google_benchmark(files);
    return results ? std::string() : results.error();
  };
  EXPECT_THAT(refusal({{"1.json", "half"}}), HasSubstr("1.json: not JSON"));
  EXPECT_THAT(refusal({{"1.json", "{}"}}), HasSubstr("'context'"));
  EXPECT_THAT(refusal({report_file("1.json", benchmark_report({}))}), HasSubstr("no file holds a benchmark"));
  json odd = benchmark_entry("BM_a", 4);
  odd["time_unit"] = "fortnights";
  EXPECT_THAT(refusal({report_file("1.json", benchmark_report({odd}))}), HasSubstr("fortnights"));
  json elsewhere = benchmark_report({benchmark_entry("BM_a", 4)});
  elsewhere["context"]["host_name"] = "office";
  EXPECT_THAT(refusal({report_file("1.json", benchmark_report({benchmark_entry("BM_a", 4)})),
                       report_file("2.json", elsewhere)}),
              testing::AllOf(HasSubstr("2.json: comes from another machine"), HasSubstr("host_name")));
}

}  // namespace
}  // namespace gauntlet
