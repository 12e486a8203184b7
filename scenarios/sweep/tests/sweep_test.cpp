#include "scenarios/sweep/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "scenarios/sweep/knee_search.hpp"
#include "scenarios/sweep/sweep_info.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using testing::Contains;
using testing::Field;

int search(KneeSearch& search, const std::function<bool(double)>& holds_at) {
  int steps = 0;
  for (; steps < 1000 && search.next(); ++steps) search.tried(holds_at(*search.next()));
  return steps;
}

TEST(KneeSearch, FindsAKneeAboveTheFirstRateWithinItsResolution) {
  KneeSearch knee(1000, 0.05, 10, 1e6);
  const int steps = search(knee, [](double rate) { return rate <= 17'300; });
  ASSERT_TRUE(knee.knee());
  EXPECT_LE(*knee.knee(), 17'300);
  EXPECT_GE(*knee.knee(), 17'300 * 0.95);
  EXPECT_LE(steps, 30);
  EXPECT_FALSE(knee.open_ended());
}

TEST(KneeSearch, FindsAKneeBelowTheFirstRate) {
  KneeSearch knee(8000, 0.05, 10, 1e6);
  search(knee, [](double rate) { return rate <= 777; });
  ASSERT_TRUE(knee.knee());
  EXPECT_LE(*knee.knee(), 777);
  EXPECT_GE(*knee.knee(), 777 * 0.95);
}

TEST(KneeSearch, TwoSearchesFromDifferentRatesAgreeWithinTheResolution) {
  KneeSearch low(500, 0.05, 10, 1e6), high(90'000, 0.05, 10, 1e6);
  const auto holds_at = [](double rate) { return rate <= 12'345; };
  search(low, holds_at);
  search(high, holds_at);
  EXPECT_NEAR(*low.knee(), *high.knee(), 0.05 * 12'345);
}

TEST(KneeSearch, IsNotMisledByTwoHiccupsInARow) {
  KneeSearch knee(1000, 0.05, 10, 1e6);
  int asked = 0;
  search(knee, [&asked](double rate) { return rate <= 17'300 && (++asked < 3 || asked > 4); });
  EXPECT_GE(*knee.knee(), 17'300 * 0.95);
}

TEST(KneeSearch, EndsAtTheHighestRateAllowed) {
  KneeSearch knee(1000, 0.05, 10, 5000);
  search(knee, [](double) { return true; });
  EXPECT_EQ(knee.knee(), 5000);
  EXPECT_TRUE(knee.open_ended());
}

TEST(KneeSearch, GivesUpWhereNothingHolds) {
  KneeSearch knee(1000, 0.05, 100, 5000);
  EXPECT_LT(search(knee, [](double) { return false; }), 20);
  EXPECT_FALSE(knee.knee());
}

LoadOutcome point(double p99_us) {
  LoadOutcome outcome;
  outcome.scheduled = 1000;
  outcome.completed = 995;
  outcome.corrected.p50 = p99_us / 2;
  outcome.corrected.p99 = p99_us;
  outcome.subject.cpu_s = 0.0398;
  return outcome;
}

TEST(Sweep, APointHoldsWhenItsTailAnswersAndAmountAreWithinTheObjective) {
  EXPECT_TRUE(holds(point(1000), 1000));
  EXPECT_FALSE(holds(point(1001), 1000));
  LoadOutcome wrong = point(100);
  wrong.errors = 1;
  EXPECT_FALSE(holds(wrong, 1000));
  LoadOutcome behind = point(100);
  behind.completed = 900;
  EXPECT_FALSE(holds(behind, 1000));
  LoadOutcome few = point(100);
  few.corrected.p99.reset();
  EXPECT_FALSE(holds(few, 1000)) << "a tail that is not known keeps nothing";
}

SweepReadings good_sweep_readings() {
  SweepReadings seen;
  seen.knee.rate_rps = 17'000;
  seen.resolution_percent = 5;
  for (const int percent : sweep_percents) seen.at_percent[percent] = point(4.0 * percent);
  seen.at_common_rate = point(200);
  return seen;
}

TEST(Sweep, GivesLatencyAgainstLoad) {
  const Observations seen = observe_sweep(good_sweep_readings());
  const auto& metrics = seen.metrics;
  EXPECT_DOUBLE_EQ(metrics.at("knee_rps"), 17'000);
  EXPECT_DOUBLE_EQ(metrics.at("latency_p99_at_25_percent_us"), 100);
  EXPECT_DOUBLE_EQ(metrics.at("latency_p99_at_90_percent_us"), 360);
  EXPECT_DOUBLE_EQ(metrics.at("latency_p50_at_common_rate_us"), 100);
  EXPECT_DOUBLE_EQ(metrics.at("subject_cpu_us_per_request"), 40);
  EXPECT_THAT(fixtures::undeclared_metrics(sweep_info(), seen), testing::IsEmpty());
}

TEST(Sweep, PassesWhenEveryAnswerBelowTheKneeWasRight) {
  EXPECT_EQ(sweep_scenario().judge(observe_sweep(good_sweep_readings())).status, RunStatus::ok);
  SweepReadings wrong = good_sweep_readings();
  wrong.at_percent[50].errors = 1;
  EXPECT_EQ(sweep_scenario().judge(observe_sweep(wrong)).status, RunStatus::failed);
}

TEST(Sweep, IsVoidWithoutAKnee) {
  SweepReadings seen = good_sweep_readings();
  seen.knee.rate_rps.reset();
  EXPECT_EQ(sweep_scenario().judge(observe_sweep(seen)).status, RunStatus::invalid);
  seen = good_sweep_readings();
  seen.knee.generator_failed = true;
  EXPECT_EQ(sweep_scenario().judge(observe_sweep(seen)).status, RunStatus::invalid);
}

TEST(Sweep, SaysWhenTheKneeLiesBeyondTheSearch) {
  SweepReadings seen = good_sweep_readings();
  seen.knee.open_ended = true;
  EXPECT_THAT(observe_sweep(seen).warnings, Contains(Field(&Warning::code, "knee_beyond")));
}

TEST(Sweep, AProbeIsLongEnoughForItsTail) {
  const auto parameters = Parameters::resolve(sweep_info().parameters, {{"probe_s", "0.5"}}, false).value();
  EXPECT_DOUBLE_EQ(probe_s(parameters, 10'000), 0.5);
  EXPECT_GE(probe_s(parameters, 100) * 100, 1000);
  EXPECT_EQ(burn_plan(parameters, 5000, 1).path, "/burn/40");
  EXPECT_EQ(burn_plan(parameters, 5000, 1).expect_body, "40\n");
}

}  // namespace
}  // namespace gauntlet
