#include "scenarios/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

ScenarioInfo scenario() {
  ScenarioInfo info;
  info.name = "busy_wait";
  info.metrics = {
      {.name = "idle_cpu_percent", .unit = "%", .better = Better::lower, .description = "CPU while waiting"},
      {.name = "throughput_rps", .unit = "requests/s", .better = Better::higher, .description = "answers"}};
  info.claims = {
      {.name = "idle_cpu", .kind = ClaimKind::must, .metric = "idle_cpu_percent", .limit = 5, .source = "seed"},
      {.name = "idle_none", .kind = ClaimKind::headline, .metric = "idle_cpu_percent", .limit = 0.1, .source = "ours"},
      {.name = "floor", .kind = ClaimKind::must, .metric = "throughput_rps", .limit = 1000, .source = "rule"}};
  return info;
}

Observations observed(double idle, double throughput) {
  Observations observations;
  observations.metrics = {{"idle_cpu_percent", idle}, {"throughput_rps", throughput}};
  return observations;
}

TEST(Judge, FindsARunOkWhenEveryClaimHolds) {
  const Judgement judgement = judge_claims(scenario(), observed(0.05, 2000));
  EXPECT_EQ(judgement.status, RunStatus::ok);
  EXPECT_THAT(judgement.reason, IsEmpty());
  ASSERT_EQ(judgement.verdicts.size(), 3u);
  for (const ClaimVerdict& verdict : judgement.verdicts) EXPECT_TRUE(verdict.met) << verdict.text;
}

TEST(Judge, FailsARunThatBreaksAMust) {
  const Judgement judgement = judge_claims(scenario(), observed(98.5, 2000));
  EXPECT_EQ(judgement.status, RunStatus::failed);
  EXPECT_EQ(judgement.reason, "idle_cpu_percent is 98.5 %, but must be at most 5 %");
  EXPECT_EQ(judgement.verdicts.size(), 3u);
}

TEST(Judge, HoldsAMetricThatShouldBeHighAgainstAFloor) {
  EXPECT_EQ(judge_claims(scenario(), observed(0, 999)).status, RunStatus::failed);
  EXPECT_EQ(judge_claims(scenario(), observed(0, 1001)).status, RunStatus::ok);
}

TEST(Judge, CountsTheLimitItselfAsMet) { EXPECT_EQ(judge_claims(scenario(), observed(5, 1000)).status, RunStatus::ok); }

TEST(Judge, OnlyReportsAMissedHeadline) {
  const Judgement judgement = judge_claims(scenario(), observed(3, 2000));
  EXPECT_EQ(judgement.status, RunStatus::ok);
  EXPECT_FALSE(judgement.verdicts[1].met);
  EXPECT_THAT(judgement.verdicts[1].text, HasSubstr("misses the claim of at most 0.1 %"));
}

TEST(Judge, VoidsARunWhoseClaimedMetricIsMissing) {
  Observations observations;
  observations.metrics = {{"throughput_rps", 2000}};
  const Judgement judgement = judge_claims(scenario(), observations);
  EXPECT_EQ(judgement.status, RunStatus::invalid);
  EXPECT_THAT(judgement.reason, HasSubstr("idle_cpu_percent was not measured"));
  EXPECT_THAT(judgement.verdicts, IsEmpty());
}

TEST(Judge, TakesAValueThatIsNotFiniteAsNotMeasured) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(judge_claims(scenario(), observed(nan, 2000)).status, RunStatus::invalid);
}

TEST(Judge, FailsARunWithWrongAnswersHoweverFastItWas) {
  Observations observations = observed(0, 1e6);
  observations.wrong_answers = 3;
  observations.first_error = "expected status 200, got 500";
  const Judgement judgement = judge_claims(scenario(), observations);
  EXPECT_EQ(judgement.status, RunStatus::failed);
  EXPECT_EQ(judgement.reason, "3 wrong answers; the first: expected status 200, got 500");
  EXPECT_THAT(judgement.verdicts, IsEmpty());
}

TEST(Judge, VoidsARunWhoseRequestsStayedUnansweredWhileOthersHadTheMachine) {
  Observations observations = observed(0, 2000);
  observations.wrong_answers = observations.unanswered = 7;
  EXPECT_EQ(judge_claims(scenario(), observations).status, RunStatus::failed) << "nobody else was there";
  observations.warnings = {{Warning::Severity::note, "disturbed", "the hypervisor took 60 %"}};
  const Judgement judgement = judge_claims(scenario(), observations);
  EXPECT_EQ(judgement.status, RunStatus::invalid);
  EXPECT_EQ(judgement.reason, "7 requests stayed unanswered, and the hypervisor took 60 %");
  observations.wrong_answers = 8;
  EXPECT_EQ(judge_claims(scenario(), observations).status, RunStatus::failed) << "one was answered wrongly";
}

TEST(Judge, VoidsARunThatCarriesAnInvalidatingWarning) {
  Observations observations = observed(0, 2000);
  observations.warnings = {{Warning::Severity::note, "disturbed", "another process used 3 % of a CPU"},
                           {Warning::Severity::invalid, "generator_bound", "the generator had 4 % of its CPU left"}};
  const Judgement judgement = judge_claims(scenario(), observations);
  EXPECT_EQ(judgement.status, RunStatus::invalid);
  EXPECT_EQ(judgement.reason, "the generator had 4 % of its CPU left");
}

TEST(Judge, IsNotMovedByANote) {
  Observations observations = observed(0, 2000);
  observations.warnings = {{Warning::Severity::note, "not_steady", "the slope was not flat at the cap"}};
  EXPECT_EQ(judge_claims(scenario(), observations).status, RunStatus::ok);
}

TEST(Judge, TrustsWrongAnswersOverAnInvalidMeasurement) {
  Observations observations = observed(0, 2000);
  observations.wrong_answers = 1;
  observations.warnings = {{Warning::Severity::invalid, "generator_bound", "no headroom"}};
  EXPECT_EQ(judge_claims(scenario(), observations).status, RunStatus::failed);
}

TEST(JudgeDeathTest, AClaimOnAnUndeclaredMetricIsAProgrammersError) {
  ScenarioInfo info = scenario();
  info.claims[0].metric = "undeclared";
  EXPECT_DEATH((void)judge_claims(info, observed(0, 2000)), "does not declare");
}

}  // namespace
}  // namespace gauntlet
