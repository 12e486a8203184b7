#include "harness/stats/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/stats/tests/bench_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::BenchFixture;
using fixtures::kControl;
using fixtures::kCost;
using fixtures::kFloor;
using fixtures::kRing;
using fixtures::kSingle;
using fixtures::kSingleAgain;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<double> kSteady = {4.0, 4.01, 3.99, 4.0, 4.02, 4.0};
const std::vector<double> kSteadyAgain = {4.01, 4.0, 4.0, 3.99, 4.0, 4.01};
const std::vector<double> kCheap = {3.5, 3.52, 3.49, 3.5, 3.5, 3.51};

Summary summarised(const BenchFixture& bench) {
  return summarise(bench.plan, bench.environment, bench.records, fixtures::count_histograms);
}

BenchFixture two_runtimes() {
  BenchFixture bench;
  bench.add_cell("load/echo", {kSingle, kSingleAgain, kRing, kFloor}, "floor_epoll");
  bench.add_rounds(kSingle, kSteady);
  bench.add_rounds(kSingleAgain, kSteadyAgain);
  bench.add_rounds(kRing, kCheap);
  bench.add_rounds(kFloor, std::vector<double>(6, 3.2));
  return bench;
}

TEST(Summary, ComparesTwoRuntimesAndRanksThem) {
  const Summary summary = summarised(two_runtimes());
  const CellSummary& cell = summary.cells.at(0);
  ASSERT_EQ(cell.comparisons.size(), 1u);
  const ComparisonSummary& comparison = cell.comparisons[0];
  EXPECT_EQ(comparison.a, "single_loop");
  EXPECT_EQ(comparison.b, "io_uring");
  EXPECT_EQ(comparison.verdict.word, VerdictWord::slower) << comparison.verdict.reason;
  EXPECT_NEAR(*comparison.ratio.ratio, 4.0 / 3.5, 0.01);
  ASSERT_TRUE(comparison.noise);
  EXPECT_THAT(cell.ranking, ElementsAre(ElementsAre("io_uring"), ElementsAre("single_loop")));
}

TEST(Summary, TellsTheDistanceToTheFloor) {
  const CellSummary cell = summarised(two_runtimes()).cells.at(0);
  EXPECT_NEAR(*cell.columns[0].to_reference.at(kCost).ratio, 4.0 / 3.2, 0.01);
  EXPECT_EQ(cell.columns[0].to_reference.at(kCost).pairs, 6u);
  EXPECT_THAT(cell.columns[3].to_reference, IsEmpty());
  EXPECT_FALSE(cell.columns[0].to_reference.contains("throughput_rps"));
}

TEST(Summary, PairsByRoundWhateverTheOrderOfTheRecords) {
  BenchFixture bench = two_runtimes();
  const auto before = summarised(bench).cells.at(0).comparisons.at(0).ratio.ratio;
  std::ranges::reverse(bench.records);
  const Summary after = summarised(bench);
  EXPECT_EQ(after.cells.at(0).comparisons.at(0).ratio.ratio, before);
  EXPECT_EQ(after.cells.at(0).columns[0].metrics.at(kCost).values, kSteady);
}

TEST(Summary, SumsUpOneRuntimeWithoutAnythingToCompareItWith) {
  BenchFixture bench;
  bench.add_cell("load/echo", {kSingle});
  bench.add_rounds(kSingle, kSteady);
  const CellSummary cell = summarised(bench).cells.at(0);
  EXPECT_THAT(cell.comparisons, IsEmpty());
  EXPECT_THAT(cell.ranking, ElementsAre(ElementsAre("single_loop")));
  EXPECT_EQ(cell.columns[0].metrics.at(kCost).median, 4.0);
  EXPECT_EQ(cell.columns[0].metrics.at(kCost).interval, (Interval{3.99, 4.02}));
}

TEST(Summary, GivesNoIntervalAndNoWordFromFiveRounds) {
  BenchFixture bench;
  bench.add_cell("load/echo", {kSingle, kSingleAgain, kRing});
  bench.add_rounds(kSingle, std::vector<double>(5, 4.0));
  bench.add_rounds(kSingleAgain, std::vector<double>(5, 4.0));
  bench.add_rounds(kRing, std::vector<double>(5, 2.0));
  const CellSummary cell = summarised(bench).cells.at(0);
  EXPECT_FALSE(cell.columns[0].metrics.at(kCost).interval);
  EXPECT_EQ(cell.comparisons.at(0).verdict.word, VerdictWord::unstable);
  EXPECT_THAT(cell.ranking, ElementsAre(ElementsAre("io_uring", "single_loop")));
}

TEST(Summary, TakesNoValuesFromFailedAndInvalidRuns) {
  BenchFixture bench = two_runtimes();
  bench.records[0].status = RunStatus::failed;
  bench.records[0].reason = "the worker died of signal 11";
  bench.records[0].stderr_tail = "Segmentation fault";
  bench.records[13].status = RunStatus::invalid;
  bench.records[13].reason = "the generator was the bottleneck";
  const Summary summary = summarised(bench);
  const CellSummary& cell = summary.cells.at(0);
  EXPECT_EQ(cell.columns[0].status, RunStatus::failed);
  EXPECT_EQ(cell.columns[0].reason, "1 of 6 runs failed: the worker died of signal 11");
  EXPECT_EQ(cell.columns[0].rounds, 5);
  EXPECT_EQ(cell.columns[2].status, RunStatus::ok);
  EXPECT_EQ(cell.columns[2].reason, "1 of 6 runs invalid: the generator was the bottleneck");
  EXPECT_EQ(cell.comparisons.at(0).ratio.pairs, 4u);
  EXPECT_EQ(cell.comparisons.at(0).verdict.word, VerdictWord::unstable);
  ASSERT_EQ(summary.failures.size(), 2u);
  EXPECT_EQ(summary.failures[0].stderr_tail, "Segmentation fault");
  EXPECT_EQ(summary.failures[1].status, RunStatus::invalid);
}

TEST(Summary, NamesARuntimeThatIsNotAvailable) {
  BenchFixture bench = two_runtimes();
  for (std::size_t i = 12; i < 18; ++i) {
    bench.records[i].status = RunStatus::skipped;
    bench.records[i].reason = "io_uring_setup: not permitted";
    bench.records[i].metrics.clear();
  }
  const Summary summary = summarised(bench);
  EXPECT_EQ(summary.runtimes.at(1).name, "io_uring");
  EXPECT_FALSE(summary.runtimes[1].available);
  EXPECT_EQ(summary.runtimes[1].reason, "io_uring_setup: not permitted");
  EXPECT_TRUE(summary.runtimes[0].available);
  const ComparisonSummary& comparison = summary.cells.at(0).comparisons.at(0);
  EXPECT_EQ(comparison.verdict.word, VerdictWord::skipped);
  EXPECT_EQ(comparison.verdict.reason, "io_uring: io_uring_setup: not permitted");
  EXPECT_THAT(summary.cells[0].ranking, ElementsAre(ElementsAre("single_loop")));
  EXPECT_THAT(summary.failures, IsEmpty());
}

TEST(Summary, ExpectsANegativeControlToBreakAMust) {
  BenchFixture bench;
  bench.add_cell("busy_wait/idle", {kSingle, kControl});
  for (int round = 0; round < 2; ++round) fixtures::judge_idle(bench.add_run(kSingle, round, 0.02));
  for (int round = 0; round < 2; ++round) fixtures::judge_idle(bench.add_run(kControl, round, 98.0 + round));
  const Summary summary = summarised(bench);
  const ColumnSummary& control = summary.cells.at(0).columns.at(1);
  EXPECT_EQ(control.status, RunStatus::failed);
  EXPECT_FALSE(control.verdicts.at(0).met);
  EXPECT_TRUE(control.verdicts[0].expected);
  EXPECT_EQ(control.verdicts[0].worst, 99.0);
  EXPECT_EQ(control.metrics.at("idle_cpu_percent").median, 98.5) << "what a broken must rightly measured is shown";
  EXPECT_TRUE(summary.cells[0].columns[0].verdicts.at(0).expected);
  EXPECT_THAT(summary.failures, IsEmpty());
  EXPECT_THAT(summary.cells[0].comparisons, IsEmpty());
  EXPECT_EQ(summary.runtimes.at(1).role, Role::negative_control);
}

TEST(Summary, MarksANegativeControlThatPassedAndAContenderThatDidNot) {
  BenchFixture bench;
  bench.add_cell("busy_wait/idle", {kSingle, kControl});
  fixtures::judge_idle(bench.add_run(kSingle, 0, 0.02));
  fixtures::judge_idle(bench.add_run(kSingle, 1, 60));
  fixtures::judge_idle(bench.add_run(kControl, 0, 1));
  const Summary summary = summarised(bench);
  EXPECT_FALSE(summary.cells.at(0).columns.at(0).verdicts.at(0).expected);
  EXPECT_EQ(summary.cells[0].columns[0].verdicts[0].text, "it spins");
  EXPECT_FALSE(summary.cells[0].columns.at(1).verdicts.at(0).expected);
  EXPECT_TRUE(summary.cells[0].columns[1].verdicts.at(1).expected) << "a headline is only reported";
  ASSERT_EQ(summary.failures.size(), 1u);
  EXPECT_EQ(summary.failures[0].spec.runtime, "single_loop");
}

TEST(Summary, AFailedRunWithoutVerdictsGivesNoValues) {
  RunRecord record;
  record.status = RunStatus::failed;
  EXPECT_FALSE(gives_values(record));
  record.verdicts = {{.claim = "c", .kind = ClaimKind::headline, .met = false, .metric = "m", .text = ""}};
  EXPECT_FALSE(gives_values(record));
  record.verdicts[0].kind = ClaimKind::must;
  EXPECT_TRUE(gives_values(record));
}

TEST(Summary, CountsEachWarningOncePerRun) {
  BenchFixture bench = two_runtimes();
  const Warning note{Warning::Severity::note, "not_steady", "the slope was not flat"};
  bench.records[0].warnings = {note, note};
  bench.records[3].warnings = {note, {Warning::Severity::note, "disturbed", "a compiler ran"}};
  const ColumnSummary column = summarised(bench).cells.at(0).columns.at(0);
  ASSERT_EQ(column.warnings.size(), 2u);
  EXPECT_EQ(column.warnings[0].code, "not_steady");
  EXPECT_EQ(column.warnings[0].runs, 2);
  EXPECT_EQ(column.warnings[1].runs, 1);
}

TEST(Summary, MergesTheHistogramsOfTheRunsThatGiveValues) {
  BenchFixture bench = two_runtimes();
  for (std::size_t i = 0; i < 6; ++i) bench.records[i].histograms = {{"corrected", "histograms/0000.hlog#corrected"}};
  bench.records[2].status = RunStatus::invalid;
  const ColumnSummary column = summarised(bench).cells.at(0).columns.at(0);
  EXPECT_EQ(column.percentiles.at("corrected"), (PercentileList{{0.5, 5.0}}));
}

TEST(Summary, SaysWhatAnInterruptedBenchDidNotRun) {
  BenchFixture bench;
  bench.add_cell("load/echo", {kSingle, kRing});
  bench.add_run(kSingle, 0, 4);
  bench.add_unfinished(kRing, 0);
  const Summary summary = summarised(bench);
  EXPECT_EQ(summary.runs_planned, 2u);
  EXPECT_EQ(summary.runs_finished, 1u);
  EXPECT_EQ(summary.cells.at(0).columns.at(1).status, RunStatus::skipped);
  EXPECT_THAT(summary.cells[0].columns[1].reason, HasSubstr("interrupted"));
  EXPECT_TRUE(summary.runtimes.at(1).available) << "nothing says that it could not run";
}

TEST(Summary, ComparesOnEveryMetricThatThePlanNames) {
  BenchFixture bench = two_runtimes();
  bench.plan.cells[0].compare = {kCost, "throughput_rps"};
  for (RunRecord& record : bench.records) {
    const double rate = record.spec.runtime == "io_uring" ? 9000 : 8000;
    record.metrics["throughput_rps"] = {.value = rate, .unit = "requests/s", .better = Better::higher};
  }
  const CellSummary cell = summarised(bench).cells.at(0);
  ASSERT_EQ(cell.comparisons.size(), 2u);
  EXPECT_EQ(cell.comparisons[1].metric, "throughput_rps");
  EXPECT_EQ(cell.comparisons[1].verdict.word, VerdictWord::slower);
}

TEST(Summary, SaysThatAMetricWasNotMeasured) {
  BenchFixture bench = two_runtimes();
  bench.plan.cells[0].compare = {"throughput_rps"};
  const Verdict verdict = summarised(bench).cells.at(0).comparisons.at(0).verdict;
  EXPECT_EQ(verdict.word, VerdictWord::invalid);
  EXPECT_EQ(verdict.reason, "single_loop: throughput_rps was not measured");
}

TEST(Summary, TellsHowToReproduceIt) {
  EXPECT_THAT(summarised(two_runtimes()).reproduce,
              ElementsAre("git checkout abc123", "make build", "build/release/gauntlet bench quick"));
}

}  // namespace
}  // namespace gauntlet
