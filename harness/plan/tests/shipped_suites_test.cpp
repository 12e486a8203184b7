// The suites that are shipped, planned for as many runtimes as there will be.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/plan/planner.hpp"
#include "harness/plan/suite_file.hpp"
#include "harness/plan/tests/catalogue_fixture.hpp"

namespace gauntlet {
namespace {

constexpr double kQuickAtMost_s = 370;
constexpr std::size_t kContendersInTheEnd = 8;

Plan planned(const std::string& name) {
  Catalogue catalogue = fixtures::small_catalogue();
  while (catalogue.runtimes.size() < kContendersInTheEnd + 1) {
    catalogue.runtimes.push_back({.name = "later_" + std::to_string(catalogue.runtimes.size()), .aliases = {}});
  }
  const auto suite = load_suite(GAUNTLET_SUITES, name);
  EXPECT_TRUE(suite) << suite.error();
  if (!suite) return {};
  auto plan = make_plan(*suite, catalogue);
  EXPECT_TRUE(plan) << plan.error();
  return plan ? std::move(*plan) : Plan{};
}

TEST(ShippedSuites, QuickTakesAboutSixMinutesWithEightContenders) {
  const Plan plan = planned("quick");
  EXPECT_GT(plan.runs.size(), 0u);
  EXPECT_LE(plan.estimate_s, kQuickAtMost_s);
}

TEST(ShippedSuites, QuickHasANoiseFloorAndSixRoundsWhereItGivesVerdicts) {
  for (const PlanCell& cell : planned("quick").cells) {
    if (cell.scenario != "load") continue;
    const bool has_aa = std::ranges::any_of(cell.columns, [](const PlanColumn& column) { return column.arm == "aa"; });
    EXPECT_TRUE(has_aa) << cell.cell;
    EXPECT_EQ(cell.reference, "floor_epoll") << cell.cell;
  }
  EXPECT_GE(planned("quick").rounds, 6);
}

TEST(ShippedSuites, EachPutsTheNegativeControlToTheTest) {
  for (const char* name : {"quick", "smoke"}) {
    const auto plan = planned(name);
    EXPECT_TRUE(std::ranges::any_of(plan.runs, [](const RunSpec& run) {
      return run.scenario == "busy_wait" && run.role == Role::negative_control;
    })) << name;
  }
}

TEST(ShippedSuites, SmokePutsEveryScenarioToEveryRuntimeOnce) {
  const Plan plan = planned("smoke");
  EXPECT_EQ(plan.rounds, 1);
  for (const ScenarioInfo& scenario : fixtures::small_catalogue().scenarios) {
    for (const auto& runtime : fixtures::small_catalogue().runtimes) {
      if (runtime.negative_control) continue;
      EXPECT_TRUE(std::ranges::any_of(
          plan.runs, [&](const RunSpec& run) { return run.scenario == scenario.name && run.runtime == runtime.name; }))
          << scenario.name << " on " << runtime.name;
    }
  }
}

}  // namespace
}  // namespace gauntlet
