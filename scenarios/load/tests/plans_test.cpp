#include "scenarios/load/plans.hpp"

#include <gtest/gtest.h>

#include "scenarios/load/load_info.hpp"

namespace gauntlet {
namespace {

TEST(Plans, IdleConnectionsSendNothingAndAreWaitedFor) {
  const LoadPlan few = idle_plan(10, 0.5), many = idle_plan(10'000, 0.5);
  EXPECT_EQ(many.pacing, Pacing::idle);
  EXPECT_EQ(many.connections, 10'000U);
  EXPECT_EQ(many.duration_s, 0.5);
  EXPECT_GT(many.warmup_cap_s, few.warmup_cap_s);
}

TEST(Plans, TakeWhatEveryLoadHasFromTheParameters) {
  const auto parameters =
      Parameters::resolve(load_info().parameters, {{"connections", "7"}, {"warmup_s", "0.25"}, {"seed", "3"}}, false);
  const LoadPlan plan = plan_from(parameters.value());
  EXPECT_EQ(plan.connections, 7U);
  EXPECT_EQ(plan.warmup_cap_s, 0.25);
  EXPECT_EQ(plan.seed, 3U);
}

TEST(Plans, AnOpenLoopKeepsATimelineOfBoundedLength) {
  const auto load_of = [](const std::map<std::string, std::string>& params) {
    return load_plan(Parameters::resolve(load_info().parameters, params, false).value());
  };
  EXPECT_EQ(load_of({{"duration_s", "0.4"}}).timeline_interval_s, 0.1);
  EXPECT_EQ(load_of({{"duration_s", "3600"}}).timeline_interval_s, 24);
  EXPECT_EQ(load_of({{"pacing", "closed"}}).timeline_interval_s, 0);
}

}  // namespace
}  // namespace gauntlet
