#include "scenarios/fairness/fairness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/fairness/fairness_info.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

Percentiles latency(double p50_us) {
  return {.samples = 5000,
          .mean = p50_us,
          .p50 = p50_us,
          .p90 = 2 * p50_us,
          .max = 20 * p50_us,
          .p99 = 10 * p50_us,
          .p999 = {},
          .p9999 = {}};
}

FairnessReadings good_fairness_readings() {
  FairnessReadings seen;
  seen.alone.corrected = latency(40);
  for (const int burn_ms : fairness_burns_ms) {
    seen.with_burns[burn_ms].corrected = latency(100.0 * burn_ms);
    seen.with_burns[burn_ms].apart = latency(1000.0 * burn_ms);
  }
  return seen;
}

TEST(Fairness, TellsTheCheapOnesFromTheBurningOnes) {
  const auto metrics = observe_fairness(good_fairness_readings()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("cheap_p99_alone_us"), 400);
  EXPECT_DOUBLE_EQ(metrics.at("cheap_p50_with_burns_of_1_ms_us"), 100);
  EXPECT_DOUBLE_EQ(metrics.at("cheap_p99_with_burns_of_20_ms_us"), 20'000);
  EXPECT_DOUBLE_EQ(metrics.at("burning_p50_of_5_ms_us"), 5000);
  EXPECT_THAT(fixtures::undeclared_metrics(fairness_info(), observe_fairness(good_fairness_readings())),
              testing::IsEmpty());
}

TEST(Fairness, ATailThatIsNotKnownIsLeftOut) {
  FairnessReadings few = good_fairness_readings();
  few.with_burns[20].corrected.p99.reset();
  EXPECT_FALSE(observe_fairness(few).metrics.contains("cheap_p99_with_burns_of_20_ms_us"));
}

TEST(Fairness, FailsWhenAnyAnswerIsWrong) {
  EXPECT_EQ(fairness_scenario().judge(observe_fairness(good_fairness_readings())).status, RunStatus::ok);
  FairnessReadings wrong = good_fairness_readings();
  wrong.with_burns[5].errors = 1;
  EXPECT_EQ(fairness_scenario().judge(observe_fairness(wrong)).status, RunStatus::failed);
}

TEST(Fairness, BurnsOfEveryLengthTakeTheSameCpu) {
  const auto parameters = Parameters::resolve(fairness_info().parameters, {{"burn_cpu_percent", "30"}}, false).value();
  EXPECT_EQ(fairness_alone_plan(parameters).other.share, 0);
  for (const int burn_ms : fairness_burns_ms) {
    const LoadPlan plan = fairness_plan(parameters, burn_ms);
    EXPECT_DOUBLE_EQ(plan.rate_rps * plan.other.share * burn_ms * 1e-3, 0.3);
    EXPECT_EQ(plan.other.path, "/burn/" + std::to_string(burn_ms) + "000");
    EXPECT_EQ(plan.other.expect_body, std::to_string(burn_ms) + "000\n");
  }
}

TEST(Fairness, BurnsInBlockingCallsWhenAskedTo) {
  const auto parameters = Parameters::resolve(fairness_info().parameters, {{"burn_on", "pool"}}, false).value();
  EXPECT_EQ(fairness_plan(parameters, 5).other.path, "/burn/5000/pool");
  EXPECT_EQ(fairness_plan(parameters, 5).other.expect_body, "5000\n");
}

}  // namespace
}  // namespace gauntlet
