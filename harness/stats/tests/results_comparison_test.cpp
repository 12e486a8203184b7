#include "harness/stats/results_comparison.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/stats/tests/bench_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::BenchFixture;
using fixtures::kCost;
using fixtures::kRing;
using fixtures::kSingle;
using fixtures::kSingleAgain;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// `factor` times a cost of 4 with a little noise, in each of `rounds` rounds, with its A/A pair; measured from minute
/// `begin` on, every `step` minutes.
BenchFixture bench(double factor, int rounds = 12, int begin = 0, int step = 1) {
  BenchFixture made;
  made.add_cell("load/echo", {kSingle, kSingleAgain});
  for (int round = 0; round < rounds; ++round) {
    const double noise = 1 + 0.001 * ((round * 7) % 5 - 2);
    const std::string started =
        fmt::format("2026-01-31T{:02}:{:02}:00Z", begin / 60 + round * step / 60, begin % 60 + round * step % 60);
    made.add_run(kSingle, round, 4 * factor * noise).started = started;
    made.add_run(kSingleAgain, round, 4 * factor * (2 - noise)).started = started;
  }
  return made;
}

std::expected<ResultsComparison, std::string> compared(const BenchFixture& a, const BenchFixture& b,
                                                       const std::vector<std::string>& metrics = {}) {
  return compare_results({a.plan, a.environment, a.records}, {b.plan, b.environment, b.records}, metrics);
}

ComparedMetric only(const BenchFixture& a, const BenchFixture& b) {
  const auto result = compared(a, b);
  EXPECT_TRUE(result) << result.error();
  EXPECT_EQ(result->metrics.size(), 1u);
  return result->metrics.at(0);
}

TEST(ResultsComparison, SaysOfTheSecondThatItIsSlower) {
  const ComparedMetric metric = only(bench(1), bench(1.10, 12, 30));
  EXPECT_EQ(metric.verdict.word, VerdictWord::slower);
  EXPECT_FALSE(metric.paired);
  EXPECT_NEAR(*metric.ratio.ratio, 1.10, 0.002);
  EXPECT_NEAR(*metric.median_a, 4, 0.01);
  EXPECT_NEAR(*metric.median_b, 4.4, 0.01);
  EXPECT_LT(*metric.p, 0.001);
}

TEST(ResultsComparison, SaysFasterAndSame) {
  EXPECT_EQ(only(bench(1), bench(0.9, 12, 30)).verdict.word, VerdictWord::faster);
  EXPECT_EQ(only(bench(1), bench(1.003, 12, 30)).verdict.word, VerdictWord::same);
}

TEST(ResultsComparison, PairsRoundsThatWereRunInTurn) {
  const ComparedMetric metric = only(bench(1, 12, 0, 2), bench(1.1, 12, 1, 2));
  EXPECT_TRUE(metric.paired);
  EXPECT_EQ(metric.ratio.pairs, 12u);
  EXPECT_NEAR(*metric.ratio.ratio, 1.1, 1e-9) << "what disturbs a round disturbs both alike";
  EXPECT_NEAR(*metric.p, 2.0 / 4096, 1e-12);
}

TEST(ResultsComparison, WarnsOfDriftWhereOneWasMeasuredAfterTheOther) {
  EXPECT_THAT(compared(bench(1), bench(1, 12, 30))->notes, Contains(HasSubstr("one after the other")));
  EXPECT_THAT(compared(bench(1, 12, 0, 2), bench(1, 12, 1, 2))->notes, IsEmpty());
}

TEST(ResultsComparison, GivesNoWordFromFewerThanSixRounds) {
  const ComparedMetric metric = only(bench(1, 5), bench(2, 5, 30));
  EXPECT_EQ(metric.verdict.word, VerdictWord::unstable);
  EXPECT_EQ(metric.verdict.reason, "5 rounds; no word from fewer than 6");
}

TEST(ResultsComparison, TakesTheNoiseFromRoundsTwoByTwoWhereThereIsNoAAPair) {
  BenchFixture a = bench(1), b = bench(1.1, 12, 30);
  for (BenchFixture* side : {&a, &b}) side->plan.cells[0].columns = {kSingle};
  const ComparedMetric metric = only(a, b);
  EXPECT_EQ(metric.noise.pairs, 6u);
  EXPECT_EQ(metric.verdict.word, VerdictWord::slower);
}

TEST(ResultsComparison, LetsTheRevisionDifferButNotTheMachine) {
  BenchFixture other = bench(1, 12, 30);
  other.environment.facts[1].value = "def456";
  EXPECT_TRUE(compared(bench(1), other));
  other.environment.facts[0].value = "6.12.9";
  const auto refused = compared(bench(1), other);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("What differs: kernel (6.1.0 in A, 6.12.9 in B)"));
}

TEST(ResultsComparison, RefusesOtherParametersAndNamesThem) {
  BenchFixture other = bench(1, 12, 30);
  for (RunSpec& run : other.plan.runs) run.params["connections"] = "128";
  const auto refused = compared(bench(1), other);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("connections (64 in A, 128 in B)"));
}

TEST(ResultsComparison, RefusesWhatHasNoCellInCommon) {
  BenchFixture other = bench(1);
  other.plan.cells[0].cell = "load/http";
  EXPECT_THAT(compared(bench(1), other).error(), AllOf(HasSubstr("no cell in common"), HasSubstr("load/http")));
}

TEST(ResultsComparison, NamesAnUnknownMetricWithNearMatches) {
  EXPECT_THAT(compared(bench(1), bench(1), {"throughput_rsp"}).error(), HasSubstr("did you mean throughput_rps?"));
}

TEST(ResultsComparison, IsInvalidWhereOneSideDidNotMeasureTheMetric) {
  BenchFixture b = bench(1, 12, 30);
  for (RunRecord& record : b.records) record.metrics.erase(kCost);
  const ComparedMetric metric = only(bench(1), b);
  EXPECT_EQ(metric.verdict.word, VerdictWord::invalid);
  EXPECT_EQ(metric.verdict.reason, "B: single_loop: subject_cpu_us_per_request was not measured");
}

TEST(ResultsComparison, IsInvalidWhereOnlyOneSideWasSkipped) {
  BenchFixture a = bench(1), b = bench(1, 12, 30);
  const auto skip = [](BenchFixture& side) {
    for (RunRecord& record : side.records) {
      record.status = RunStatus::skipped;
      record.reason = "no ring";
    }
  };
  skip(b);
  EXPECT_EQ(only(a, b).verdict.word, VerdictWord::invalid);
  skip(a);
  EXPECT_EQ(only(a, b).verdict.word, VerdictWord::skipped);
}

TEST(ResultsComparison, NotesWhatOnlyOneSideHas) {
  BenchFixture b = bench(1, 12, 30);
  b.plan.cells[0].columns.push_back(kRing);
  EXPECT_THAT(compared(bench(1), b)->notes, Contains("load/echo io_uring is only in B"));
}

TEST(ResultsComparison, CorrectsForAllThatIsCompared) {
  BenchFixture a = bench(1), b = bench(1.1, 12, 30);
  for (BenchFixture* side : {&a, &b}) {
    for (RunRecord& record : side->records) {
      record.metrics["throughput_rps"] = {.value = 8000, .unit = "requests/s", .better = Better::higher};
    }
  }
  const auto result = compared(a, b, {kCost, "throughput_rps"});
  ASSERT_EQ(result->metrics.size(), 2u);
  EXPECT_NEAR(*result->metrics[0].adjusted_p, 2 * *result->metrics[0].p, 1e-15);
  EXPECT_EQ(result->metrics[1].verdict.word, VerdictWord::same);
}

}  // namespace
}  // namespace gauntlet
