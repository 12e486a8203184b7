#include "harness/cli/suite_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/tests/catalogue_fixture.hpp"

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Suite suite_of_two() {
  Family load;
  load.scenario = "load";
  load.cell = "http";
  load.references = {"floor_epoll"};
  load.controls = {"busy_wait"};
  load.aa = "epoll";
  Family other = load;
  other.scenario = "other";
  Suite suite;
  suite.name = "two";
  suite.families = {load, other};
  return suite;
}

std::expected<Suite, std::string> filtered(const std::string& only, const std::vector<std::string>& runtimes) {
  return filter_suite(suite_of_two(), only, runtimes, fixtures::tiny_catalogue());
}

TEST(SuiteFilter, LeavesASuiteAloneWhenNothingIsAskedFor) {
  EXPECT_EQ(filtered("", {})->families.size(), 2u);
  EXPECT_THAT(filtered("", {})->families.at(0).runtimes, ElementsAre("*"));
}

TEST(SuiteFilter, KeepsTheFamiliesOfOneScenario) {
  const auto suite = filtered("load", {});
  ASSERT_TRUE(suite) << suite.error();
  ASSERT_EQ(suite->families.size(), 1u);
  EXPECT_EQ(suite->families.at(0).scenario, "load");
}

TEST(SuiteFilter, KeepsTheNamedRuntimesAndTheFloorsAndMovesTheAaPair) {
  const auto suite = filtered("load", {"uring"});
  ASSERT_TRUE(suite) << suite.error();
  const Family& family = suite->families.at(0);
  EXPECT_THAT(family.runtimes, ElementsAre("io_uring"));
  EXPECT_THAT(family.references, ElementsAre("floor_epoll"));
  EXPECT_THAT(family.controls, IsEmpty());
  EXPECT_EQ(family.aa, "io_uring");
}

TEST(SuiteFilter, NamesWhatIsUnknownAndWhatLeavesNothing) {
  EXPECT_THAT(filtered("laod", {}).error(), HasSubstr("did you mean load"));
  EXPECT_THAT(filtered("", {"uringg"}).error(), HasSubstr("did you mean uring"));
  EXPECT_THAT(filtered("", {"busy_wait"}).error(), HasSubstr("none of the runtimes"));
}

TEST(SuiteFilter, WorkersGoToTheFamiliesWhoseScenarioAsksForThem) {
  Catalogue catalogue = fixtures::tiny_catalogue();
  Suite suite = suite_of_two();
  set_workers(suite, 4, catalogue);
  EXPECT_THAT(suite.families[0].params, IsEmpty());
  ParameterInfo workers;
  workers.name = "worker_threads";
  catalogue.scenarios.front().parameters.push_back(workers);
  set_workers(suite, 4, catalogue);
  EXPECT_EQ(suite.families[0].params.at("worker_threads"), "4");
  EXPECT_THAT(suite.families[1].params, IsEmpty());
}

}  // namespace
}  // namespace gauntlet
