#include "scenarios/overload/overload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/overload/overload_info.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using testing::Contains;
using testing::Field;
using testing::Not;

constexpr std::uint64_t mebibyte = 1024 * 1024;

/// 1,000 good answers a second at the knee, in parts of 0.1 s.
LoadOutcome at_knee() {
  LoadOutcome outcome;
  outcome.duration_s = 0.2;
  outcome.scheduled = outcome.completed = 200;
  outcome.intervals = {{.completed = 100, .good = 100}, {.completed = 100, .good = 100}};
  outcome.subject.rss_peak_bytes = 10 * mebibyte;
  return outcome;
}

/// Overload for 0.2 s, then 0.3 s at the knee, of which the first part is still bad.
LoadOutcome overloaded() {
  LoadOutcome outcome;
  outcome.duration_s = 0.5;
  outcome.scheduled = 1300;
  outcome.completed = 470;
  outcome.shed = 650;
  outcome.abandoned = 130;
  outcome.intervals = {{.completed = 95, .good = 90},
                       {.completed = 95, .good = 80},
                       {.completed = 100, .good = 89},
                       {.completed = 90, .good = 90},
                       {.completed = 90, .good = 90}};
  outcome.apart = {
      .samples = 190, .mean = 400, .p50 = 300, .p90 = 800, .max = 2000, .p99 = 900, .p999 = {}, .p9999 = {}};
  outcome.subject.rss_peak_bytes = 12 * mebibyte;
  outcome.warnings = {{Warning::Severity::note, "overloaded", "as was meant"}};
  return outcome;
}

OverloadReadings good_overload_readings() {
  OverloadReadings seen;
  seen.knee.rate_rps = 1000;
  seen.overload_s = 0.2;
  seen.interval_s = 0.1;
  seen.at_knee = at_knee();
  for (const int percent : overload_percents) seen.at_percent[percent] = overloaded();
  return seen;
}

const ClaimVerdict& verdict_on(const Judgement& judgement, const std::string& claim) {
  return *std::ranges::find(judgement.verdicts, claim, &ClaimVerdict::claim);
}

TEST(Overload, TellsGoodputLatencySheddingAndMemory) {
  const Observations seen = observe_overload(good_overload_readings());
  EXPECT_DOUBLE_EQ(seen.metrics.at("goodput_at_knee_rps"), 1000);
  EXPECT_DOUBLE_EQ(seen.metrics.at("goodput_at_200_percent_rps"), 850) << "of the overload only";
  EXPECT_DOUBLE_EQ(seen.metrics.at("goodput_at_500_percent_ratio"), 0.85);
  EXPECT_DOUBLE_EQ(seen.metrics.at("served_p50_at_500_percent_us"), 300);
  EXPECT_DOUBLE_EQ(seen.metrics.at("served_p99_at_120_percent_us"), 900);
  EXPECT_DOUBLE_EQ(seen.metrics.at("shed_at_500_percent_ratio"), 0.5);
  EXPECT_DOUBLE_EQ(seen.metrics.at("abandoned_at_500_percent_ratio"), 0.1);
  EXPECT_DOUBLE_EQ(seen.metrics.at("rss_growth_at_500_percent_bytes"), 2 * mebibyte);
  EXPECT_THAT(fixtures::undeclared_metrics(overload_info(), seen), testing::IsEmpty());
}

TEST(Overload, HasRecoveredWithTheFirstPartThatIsGoodAgain) {
  OverloadReadings readings = good_overload_readings();
  EXPECT_NEAR(observe_overload(readings).metrics.at("recovery_from_500_percent_ms"), 200, 1e-6);
  readings.at_percent[500].intervals[2].good = 90;
  EXPECT_NEAR(observe_overload(readings).metrics.at("recovery_from_500_percent_ms"), 100, 1e-6);
}

TEST(Overload, SaysWhenItDidNotSeeTheRecovery) {
  OverloadReadings readings = good_overload_readings();
  for (LoadInterval& interval : readings.at_percent[500].intervals) interval.good = 0;
  const Observations seen = observe_overload(readings);
  EXPECT_NEAR(seen.metrics.at("recovery_from_500_percent_ms"), 300, 1e-6);
  EXPECT_THAT(seen.warnings, Contains(Field(&Warning::code, "not_recovered")));
  EXPECT_DOUBLE_EQ(seen.metrics.at("goodput_at_500_percent_ratio"), 0);
}

TEST(Overload, DoesNotWarnOfTheOverloadItself) {
  EXPECT_THAT(observe_overload(good_overload_readings()).warnings, Not(Contains(Field(&Warning::code, "overloaded"))));
}

TEST(Overload, IsVoidWhenTheGeneratorWasTheOneOverloaded) {
  OverloadReadings readings = good_overload_readings();
  readings.at_percent[500].warnings.push_back({Warning::Severity::note, "generator_bound", "too busy"});
  EXPECT_EQ(overload_scenario().judge(observe_overload(readings)).status, RunStatus::invalid);
}

TEST(Overload, HoldsGoodputAsAHeadlineAndMemoryAndAnswersAsMusts) {
  const Judgement good = overload_scenario().judge(observe_overload(good_overload_readings()));
  EXPECT_EQ(good.status, RunStatus::ok) << good.reason;
  EXPECT_TRUE(verdict_on(good, "goodput_kept").met);

  OverloadReadings collapsed = good_overload_readings();
  for (LoadInterval& interval : collapsed.at_percent[500].intervals) interval.good = 10;
  const Judgement missed = overload_scenario().judge(observe_overload(collapsed));
  EXPECT_EQ(missed.status, RunStatus::ok) << "damage is shown, not failed";
  EXPECT_FALSE(verdict_on(missed, "goodput_kept").met);

  OverloadReadings grown = good_overload_readings();
  grown.at_percent[500].subject.rss_peak_bytes = 27 * mebibyte;
  EXPECT_EQ(overload_scenario().judge(observe_overload(grown)).status, RunStatus::failed);

  OverloadReadings wrong = good_overload_readings();
  wrong.at_percent[120].errors = 1;
  EXPECT_EQ(overload_scenario().judge(observe_overload(wrong)).status, RunStatus::failed);
}

TEST(Overload, IsVoidWithoutAKnee) {
  EXPECT_EQ(overload_scenario().judge(observe_overload({})).status, RunStatus::invalid);
}

TEST(Overload, IsOfferedFirstAndFollowedByTheRateOfTheKnee) {
  const auto parameters = Parameters::resolve(overload_info().parameters, {}, true).value();
  const LoadPlan plan = overload_plan(parameters, 1000, 500);
  EXPECT_DOUBLE_EQ(plan.surge.rate_rps, 5000);
  EXPECT_DOUBLE_EQ(plan.rate_rps, 1000);
  EXPECT_DOUBLE_EQ(plan.surge.duration_s, parameters.real("overload_s"));
  EXPECT_DOUBLE_EQ(plan.duration_s, parameters.real("overload_s") + parameters.real("recovery_s"));
  EXPECT_TRUE(plan.counts_shed);
  EXPECT_EQ(overload_base_plan(parameters, 1000, 1).patience_s, 0) << "at the knee everything is sent";
}

}  // namespace
}  // namespace gauntlet
