#include "scenarios/crash_recovery/crash_planner.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <set>

namespace gauntlet {
namespace {

using namespace std::chrono_literals;

TEST(CrashPlannerTest, PlansTheSameForTheSameSeed) {
  CrashPlanner one({.at = "both", .signals = "all", .life_max = 500ms, .seed = 7});
  CrashPlanner other({.at = "both", .signals = "all", .life_max = 500ms, .seed = 7});
  for (int i = 0; i < 50; ++i) {
    const CrashPlan plan = one.next(true), again = other.next(true);
    EXPECT_EQ(plan.life, again.life);
    EXPECT_EQ(plan.failpoint.has_value(), again.failpoint.has_value());
    EXPECT_GE(plan.life, 100ms);
    EXPECT_LE(plan.life, 500ms);
  }
}

TEST(CrashPlannerTest, UsesEverySignalAndEveryFailpointThatAServerComesPast) {
  CrashPlanner planner({.at = "failpoints", .signals = "all", .life_max = 500ms, .seed = 1});
  std::set<int> signals;
  std::set<Failpoint> failpoints;
  for (std::size_t i = 0; i < all_failpoints().size(); ++i) {
    const CrashPlan plan = planner.next(true);
    ASSERT_TRUE(plan.failpoint.has_value());
    EXPECT_EQ(plan.failpoint->number, plan.signal);
    signals.insert(plan.signal);
    failpoints.insert(plan.failpoint->at);
  }
  EXPECT_EQ(signals, (std::set{SIGKILL, SIGSEGV, SIGABRT}));
  for (const FailpointInfo& info : all_failpoints()) {
    EXPECT_EQ(failpoints.contains(info.id), info.reached != Reached::seldom) << info.name;
  }
}

TEST(CrashPlannerTest, LetsAServerBehindOneThatNeverOpenedRecover) {
  CrashPlanner planner({.at = "failpoints", .signals = "kill", .life_max = 500ms, .seed = 1});
  EXPECT_FALSE(planner.next(false).failpoint.has_value());
  EXPECT_TRUE(planner.next(true).failpoint.has_value());
}

}  // namespace
}  // namespace gauntlet
