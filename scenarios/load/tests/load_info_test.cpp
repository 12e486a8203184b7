#include "scenarios/load/load_info.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/load/load.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

LoadPlan plan_of(const std::map<std::string, std::string>& given, bool smoke = false) {
  return load_plan(Parameters::resolve(load_info().parameters, given, smoke).value());
}

LoadOutcome good_outcome() {
  LoadOutcome outcome;
  outcome.duration_s = 2;
  outcome.scheduled = 1000;
  outcome.sent = 990;
  outcome.completed = 1000;
  outcome.corrected.p50 = 50;
  outcome.corrected.p99 = 99;
  outcome.uncorrected.p50 = 40;
  outcome.generator_cpu_s = 0.004;
  outcome.subject.cpu_s = 0.003;
  outcome.subject.voluntary_switches = 400;
  outcome.subject.involuntary_switches = 100;
  return outcome;
}

TEST(LoadInfo, AsksForPlaintextOnAnOpenScheduleUnlessToldOtherwise) {
  const LoadPlan plan = plan_of({});
  EXPECT_EQ(plan.protocol, Protocol::http);
  EXPECT_EQ(plan.pacing, Pacing::open);
  EXPECT_EQ(plan.path, "/plaintext");
  EXPECT_EQ(plan.expect_body, "Hello, World!");
  EXPECT_EQ(plan.connections, 64U);
  EXPECT_GT(plan.rate_rps, 0);
}

TEST(LoadInfo, OffersNoRateAndPipelinesOnlyInAClosedLoop) {
  const LoadPlan closed = plan_of({{"pacing", "closed"}, {"pipeline", "4"}});
  EXPECT_EQ(closed.rate_rps, 0);
  EXPECT_EQ(closed.pipeline, 4U);
  EXPECT_EQ(plan_of({{"pipeline", "4"}}).pipeline, 1U);
}

TEST(LoadInfo, OpensAConnectionForEachRequestWhenAskedTo) {
  EXPECT_FALSE(plan_of({}).reconnect);
  const LoadPlan churn = plan_of({{"pacing", "closed"}, {"reconnect", "each_request"}, {"pipeline", "4"}});
  EXPECT_TRUE(churn.reconnect);
  EXPECT_EQ(churn.pipeline, 1U) << "one request is all that a connection carries";
}

TEST(LoadInfo, ExpectsOfEachPathWhatItsRouteAnswers) {
  EXPECT_EQ(plan_of({{"path", "/burn/20"}}).expect_body, "20\n");
  EXPECT_EQ(plan_of({{"path", "/burn/20/pool"}}).expect_body, "20\n");
  const LoadPlan order = plan_of({{"path", "/orders"}, {"payload_bytes", "10"}});
  EXPECT_EQ(order.method, "POST");
  EXPECT_EQ(order.body, "xxxxxxxxxx");
  EXPECT_EQ(order.expect_status, 201);
  EXPECT_EQ(order.expect_body, "{\"bytes\":10}\n");
}

TEST(LoadInfo, YieldsDeclaredMetricsOnly) {
  LoadOutcome outcome = good_outcome();
  outcome.corrected.p999 = 200;
  outcome.uncorrected.p99 = 90;
  outcome.uncorrected.p999 = 95;
  EXPECT_THAT(fixtures::undeclared_metrics(load_info(), observe_load(plan_of({}), outcome)), testing::IsEmpty());
}

TEST(LoadInfo, CountsCostPerVerifiedAnswer) {
  const auto metrics = observe_load(plan_of({}), good_outcome()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("subject_cpu_us_per_request"), 3);
  EXPECT_DOUBLE_EQ(metrics.at("generator_cpu_us_per_request"), 4);
  EXPECT_DOUBLE_EQ(metrics.at("context_switches_per_request"), 0.5);
  EXPECT_DOUBLE_EQ(metrics.at("throughput_rps"), 500);
  EXPECT_DOUBLE_EQ(metrics.at("sent_per_scheduled"), 0.99);
  EXPECT_DOUBLE_EQ(metrics.at("latency_p50_us"), 50);
  EXPECT_DOUBLE_EQ(metrics.at("latency_p50_uncorrected_us"), 40);
}

TEST(LoadInfo, LeavesOutWhatHasTooFewSamples) {
  const auto metrics = observe_load(plan_of({{"pacing", "closed"}}), good_outcome()).metrics;
  EXPECT_TRUE(metrics.contains("latency_p99_us"));
  EXPECT_FALSE(metrics.contains("latency_p999_us"));
  EXPECT_FALSE(metrics.contains("latency_p99_uncorrected_us"));
  EXPECT_FALSE(metrics.contains("sent_per_scheduled")) << "a closed loop has no schedule";
}

TEST(LoadScenario, PassesWhenEveryAnswerWasRightAndFailsOnOneWrong) {
  LoadOutcome outcome = good_outcome();
  EXPECT_EQ(load_scenario().judge(observe_load(plan_of({}), outcome)).status, RunStatus::ok);
  outcome.errors = 1;
  outcome.first_error = "status 500 and not 200";
  const Judgement judgement = load_scenario().judge(observe_load(plan_of({}), outcome));
  EXPECT_EQ(judgement.status, RunStatus::failed);
  EXPECT_NE(judgement.reason.find("status 500"), std::string::npos);
}

TEST(LoadScenario, CannotBeJudgedWhenNothingWasMeasured) {
  EXPECT_NE(load_scenario().judge(Observations{}).status, RunStatus::ok);
}

}  // namespace
}  // namespace gauntlet
