#include "scenarios/seam_cost/seam_cost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "scenarios/seam_cost/bare_runtime.hpp"
#include "scenarios/seam_cost/seam_cost_info.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

LoadOutcome load() {
  LoadOutcome outcome;
  outcome.completed = 1000;
  outcome.subject.cpu_s = 0.006;
  outcome.corrected.p99 = 120;
  return outcome;
}

std::map<std::string, double> reported() {
  auto figures = figures_of(
      {.schedule_direct_ns = 2, .schedule_through_seam_ns = 4.5, .submit_direct_ns = 2, .submit_through_seam_ns = 3});
  figures["yield_ns"] = 20;
  return figures;
}

TEST(SeamCost, TellsThePriceOfACallAndItsShareOfARequest) {
  const auto metrics = observe_seam_cost(reported(), load()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("submit_seam_ns"), 1);
  EXPECT_DOUBLE_EQ(metrics.at("schedule_seam_ns"), 2.5);
  EXPECT_DOUBLE_EQ(metrics.at("subject_cpu_us_per_request"), 6);
  EXPECT_DOUBLE_EQ(metrics.at("seam_percent"), 0.05);
  EXPECT_THAT(fixtures::undeclared_metrics(seam_cost_info(), observe_seam_cost(reported(), load())),
              testing::IsEmpty());
}

TEST(SeamCost, ANativeTwinHasNoShareOfWhatItDoesNotUse) {
  auto of_twin = reported();
  of_twin.erase("yield_ns");
  EXPECT_FALSE(observe_seam_cost(of_twin, load()).metrics.contains("seam_percent"));
  EXPECT_EQ(seam_cost_scenario().judge(observe_seam_cost(of_twin, load())).status, RunStatus::ok);
}

TEST(SeamCost, FailsOnWrongAnswersAndOnJobsThatWereLost) {
  EXPECT_EQ(seam_cost_scenario().judge(observe_seam_cost(reported(), load())).status, RunStatus::ok);
  LoadOutcome wrong = load();
  wrong.errors = 1;
  EXPECT_EQ(seam_cost_scenario().judge(observe_seam_cost(reported(), wrong)).status, RunStatus::failed);
  auto lost = figures_of({.wrong = 1});
  EXPECT_EQ(seam_cost_scenario().judge(observe_seam_cost(lost, load())).status, RunStatus::failed);
}

TEST(SeamCost, ASeamThatCostsMoreMissesItsHeadlineAndFailsNothing) {
  auto dear = reported();
  dear["submit_seam_ns"] = 5;
  const Judgement judgement = seam_cost_scenario().judge(observe_seam_cost(dear, load()));
  EXPECT_EQ(judgement.status, RunStatus::ok);
  EXPECT_FALSE(judgement.verdicts.back().met);
}

TEST(SeamCost, EveryJobRunsAsOftenAsItWasScheduledBothWays) {
  const SeamPrice price = measure_seam(std::chrono::milliseconds(1));
  EXPECT_EQ(price.wrong, 0u);
  EXPECT_GT(price.schedule_direct_ns, 0);
  EXPECT_GT(price.submit_through_seam_ns, 0);
}

TEST(BareRuntime, RunsWhatIsReadyInOrderAndNothingElse) {
  BareRuntime runtime;
  struct Noted final : Job {
    explicit Noted(std::vector<int>& into, int value)
        : Job([](Job& job) noexcept {
            auto& self = static_cast<Noted&>(job);
            self.log.push_back(self.number);
          }),
          log(into),
          number(value) {}
    std::vector<int>& log;
    int number;
  };
  std::vector<int> log;
  Noted first(log, 1), second(log, 2);
  runtime.schedule(first);
  runtime.schedule(second);
  EXPECT_TRUE(runtime.poll_once().ran_anything);
  EXPECT_EQ(log, (std::vector<int>{1, 2}));
  EXPECT_FALSE(runtime.poll_once().ran_anything);
  EXPECT_EQ(runtime.listen(Endpoint::loopback(0)).error().value(), EOPNOTSUPP);
}

}  // namespace
}  // namespace gauntlet
