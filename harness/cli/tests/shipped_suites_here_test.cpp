// The suites that are shipped, planned for the scenarios and runtimes of this build.
#include <gtest/gtest.h>

#include <set>

#include "harness/cli/catalogue.hpp"
#include "harness/plan/suite_file.hpp"

namespace gauntlet {
namespace {

TEST(ShippedSuitesHere, CanBePlanned) {
  const Catalogue catalogue = catalogue_here();
  for (const std::string& name : suite_names(suites_folder())) {
    const auto suite = load_suite(suites_folder(), name);
    ASSERT_TRUE(suite) << suite.error();
    const auto plan = make_plan(*suite, catalogue);
    ASSERT_TRUE(plan) << name << ": " << plan.error();
    EXPECT_FALSE(plan->runs.empty()) << name;
  }
}

TEST(ShippedSuitesHere, SmokePutsEveryScenarioToEveryRuntime) {
  const Catalogue catalogue = catalogue_here();
  const auto plan = make_plan(load_suite(suites_folder(), "smoke").value(), catalogue);
  ASSERT_TRUE(plan) << plan.error();
  std::set<std::pair<std::string, std::string>> planned;
  for (const RunSpec& run : plan->runs) planned.insert({run.scenario, run.runtime});
  for (const ScenarioInfo& scenario : catalogue.scenarios) {
    for (const auto& runtime : catalogue.runtimes) {
      if (runtime.negative_control) continue;
      EXPECT_TRUE(planned.contains({scenario.name, runtime.name})) << scenario.name << " on " << runtime.name;
    }
  }
}

}  // namespace
}  // namespace gauntlet
