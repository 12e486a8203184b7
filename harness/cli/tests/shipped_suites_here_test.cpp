// The suites that are shipped, planned for the scenarios and runtimes of this build.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/cli/catalogue.hpp"
#include "harness/plan/suite_file.hpp"

namespace gauntlet {
namespace {

constexpr double kQuickAtMost_s = 370;
constexpr std::size_t kContendersInTheEnd = 8;

Plan planned(const std::string& name) {
  const auto suite = load_suite(suites_folder(), name);
  EXPECT_TRUE(suite) << suite.error();
  if (!suite) return {};
  auto plan = make_plan(*suite, catalogue_here());
  EXPECT_TRUE(plan) << name << ": " << plan.error();
  return plan ? std::move(*plan) : Plan{};
}

bool has_negative_control(const Plan& plan, const std::string& scenario) {
  return std::ranges::any_of(plan.runs, [&scenario](const RunSpec& run) {
    return run.scenario == scenario && run.role == Role::negative_control;
  });
}

TEST(ShippedSuitesHere, CanBePlanned) {
  for (const std::string& name : suite_names(suites_folder())) EXPECT_FALSE(planned(name).runs.empty()) << name;
}

TEST(ShippedSuitesHere, SmokePutsEveryScenarioToEveryRuntime) {
  const Catalogue catalogue = catalogue_here();
  const Plan plan = planned("smoke");
  EXPECT_EQ(plan.rounds, 1);
  std::set<std::pair<std::string, std::string>> pairs;
  for (const RunSpec& run : plan.runs) pairs.insert({run.scenario, run.runtime});
  for (const ScenarioInfo& scenario : catalogue.scenarios) {
    for (const auto& runtime : catalogue.runtimes) {
      if (runtime.negative_control) continue;
      EXPECT_TRUE(pairs.contains({scenario.name, runtime.name})) << scenario.name << " on " << runtime.name;
    }
  }
}

TEST(ShippedSuitesHere, FullAndCrashHaveEveryScenario) {
  const Catalogue catalogue = catalogue_here();
  std::set<std::string> scenarios;
  for (const char* name : {"full", "crash"}) {
    for (const RunSpec& run : planned(name).runs) scenarios.insert(run.scenario);
  }
  for (const ScenarioInfo& scenario : catalogue.scenarios)
    EXPECT_TRUE(scenarios.contains(scenario.name)) << scenario.name;
}

TEST(ShippedSuitesHere, CrashKillsAThousandTimesWithinAnHour) {
  const Plan plan = planned("crash");
  std::int64_t kills = 0;
  for (const RunSpec& run : plan.runs) {
    if (run.scenario == "crash_recovery") kills += std::stoll(run.params.at("kills"));
  }
  EXPECT_GE(kills, 1'000);
  EXPECT_LE(plan.estimate_s, 3600);
}

TEST(ShippedSuitesHere, QuickTakesAboutSixMinutesWithEightContenders) {
  Catalogue catalogue = catalogue_here();
  const auto contenders = [&catalogue] {
    return std::ranges::count(catalogue.runtimes, false, &Catalogue::RuntimeName::negative_control);
  };
  while (static_cast<std::size_t>(contenders()) < kContendersInTheEnd) {
    catalogue.runtimes.push_back({.name = "later_" + std::to_string(catalogue.runtimes.size()), .aliases = {}});
  }
  const auto plan = make_plan(load_suite(suites_folder(), "quick").value(), catalogue);
  ASSERT_TRUE(plan) << plan.error();
  EXPECT_GT(plan->runs.size(), 0u);
  EXPECT_LE(plan->estimate_s, kQuickAtMost_s);
}

TEST(ShippedSuitesHere, QuickHasANoiseFloorAndSixRoundsWhereItGivesVerdicts) {
  const Plan plan = planned("quick");
  for (const PlanCell& cell : plan.cells) {
    if (cell.scenario != "load") continue;
    const bool has_aa = std::ranges::any_of(cell.columns, [](const PlanColumn& column) { return column.arm == "aa"; });
    EXPECT_TRUE(has_aa) << cell.cell;
    EXPECT_EQ(cell.reference, "floor_epoll") << cell.cell;
  }
  EXPECT_GE(plan.rounds, 6);
}

TEST(ShippedSuitesHere, PutTheNegativeControlToTheTest) {
  for (const char* name : {"quick", "smoke", "full"})
    EXPECT_TRUE(has_negative_control(planned(name), "busy_wait")) << name;
  for (const char* name : {"smoke", "full"}) EXPECT_TRUE(has_negative_control(planned(name), "cpu_usage")) << name;
}

}  // namespace
}  // namespace gauntlet
