#include "harness/gate/merged_figures.hpp"

#include <gtest/gtest.h>

#include "harness/gate/tests/gate_fixture.hpp"

namespace gauntlet {
namespace {

/// `fast` values of 100 us and `slow` ones of 1 ms.
std::vector<HistogramLogEntry> of_values(int fast, int slow) {
  Histogram histogram;
  histogram.record(100'000, fast);
  histogram.record(1'000'000, slow);
  return {{.tag = "corrected", .start_s = 0, .length_s = 1, .histogram = histogram}};
}

RunRecord run_with(const char* arm, RunStatus status = RunStatus::ok) {
  RunRecord run;
  run.spec.cell = "load/http-open single_loop";
  run.spec.arm = arm;
  run.status = status;
  return run;
}

std::vector<GateVerdict> a_verdict(const char* metric) {
  GateVerdict verdict;
  verdict.cell = "load/http-open";
  verdict.runtime = "single_loop";
  verdict.metric.name = metric;
  verdict.head = verdict.opponent = 550;
  return {verdict};
}

TEST(PercentileMetric, IsToldByItsName) {
  EXPECT_EQ(percentile_metric("latency_p99_us"), (PercentileMetric{"corrected", 99}));
  EXPECT_EQ(percentile_metric("latency_p999_us"), (PercentileMetric{"corrected", 99.9}));
  EXPECT_EQ(percentile_metric("latency_p50_uncorrected_us"), (PercentileMetric{"uncorrected", 50}));
  for (const char* other :
       {"subject_cpu_us_per_request", "latency_p_us", "latency_p9x_us", "latency_p9_us", "schedule_lag_p99_us"})
    EXPECT_FALSE(percentile_metric(other)) << other;
}

TEST(MergedFigures, AreThePercentileOfAllRoundsNotTheMiddleOfTheirs) {
  MergedFigures figures;
  // Percentiles of the rounds are 1 ms and 100 us; the slow one is too small to matter in the whole.
  figures.add(run_with("head"), of_values(98, 2));
  figures.add(run_with("head"), of_values(9'900, 0));
  figures.add(run_with("against"), of_values(98, 2));
  auto verdicts = a_verdict("latency_p99_us");
  figures.apply(verdicts);
  EXPECT_NEAR(*verdicts[0].head, 100, 0.1);
  EXPECT_NEAR(*verdicts[0].opponent, 1000, 1);
}

TEST(MergedFigures, LeaveOutRunsThatAreNotOkAndMetricsThatAreNoPercentile) {
  MergedFigures figures;
  figures.add(run_with("head"), of_values(100, 0));
  figures.add(run_with("head", RunStatus::invalid), of_values(0, 100));
  figures.add(run_with("against"), of_values(100, 0));
  auto cost = a_verdict("subject_cpu_us_per_request"), tail = a_verdict("latency_p99_us");
  figures.apply(cost);
  figures.apply(tail);
  EXPECT_EQ(cost[0].head, 550);
  EXPECT_NEAR(*tail[0].head, 100, 0.1);
}

TEST(MergedFigures, LeaveAVerdictAloneWhereASideHasNoHistogram) {
  MergedFigures figures;
  figures.add(run_with("head"), of_values(100, 0));
  auto verdicts = a_verdict("latency_p99_us");
  figures.apply(verdicts);
  EXPECT_EQ(verdicts[0].head, 550);
  EXPECT_EQ(verdicts[0].opponent, 550);
}

}  // namespace
}  // namespace gauntlet
