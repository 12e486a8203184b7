#include "harness/cli/run_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/tests/catalogue_fixture.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

std::expected<Plan, std::string> plan_of(const std::string& scenario, std::vector<std::string> runtimes,
                                         std::map<std::string, std::string> params = {}, int rounds = 1,
                                         bool smoke = false) {
  return make_run_plan({.scenario = scenario,
                        .runtimes = std::move(runtimes),
                        .params = std::move(params),
                        .rounds = rounds,
                        .smoke = smoke},
                       fixtures::tiny_catalogue());
}

TEST(RunPlan, TakesAliasesFloorsAndNegativeControlsByName) {
  const auto plan = plan_of("load", {"uring", "floor_epoll", "busy_wait"});
  ASSERT_TRUE(plan) << plan.error();
  const auto& columns = plan->cells.at(0).columns;
  EXPECT_EQ(columns.at(0), (PlanColumn{"io_uring", "a", Role::contender}));
  EXPECT_EQ(columns.at(1), (PlanColumn{"floor_epoll", "a", Role::reference}));
  EXPECT_EQ(columns.at(2), (PlanColumn{"busy_wait", "a", Role::contender})) << "named by hand it fails like any other";
  EXPECT_EQ(plan->cells.at(0).reference, "floor_epoll");
}

TEST(RunPlan, TurnsTheOrderFromRoundToRound) {
  const auto plan = plan_of("load", {"single_loop", "io_uring"}, {}, 2);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->runs.size(), 4u);
  EXPECT_NE(plan->runs[0].runtime, plan->runs[2].runtime);
  for (std::size_t i = 0; i < plan->runs.size(); ++i) EXPECT_EQ(plan->runs[i].index, i);
}

TEST(RunPlan, FillsParametersInRealOrSmokeSize) {
  EXPECT_EQ(plan_of("load", {"epoll"})->runs.at(0).params.at("connections"), "64");
  EXPECT_EQ(plan_of("load", {"epoll"}, {}, 1, true)->runs.at(0).params.at("connections"), "4");
  EXPECT_EQ(plan_of("load", {"epoll"}, {{"connections", "9"}}, 1, true)->runs.at(0).params.at("connections"), "9");
}

TEST(RunPlan, NamesWhatIsUnknownWithNearMatches) {
  EXPECT_EQ(plan_of("laod", {"epoll"}).error(), "unknown scenario 'laod'; did you mean load?");
  EXPECT_THAT(plan_of("load", {"singel_loop"}).error(), HasSubstr("did you mean single_loop"));
  EXPECT_THAT(plan_of("load", {"flor_epoll"}).error(), HasSubstr("floor_epoll"));
  EXPECT_THAT(plan_of("load", {"epoll"}, {{"conections", "4"}}).error(), HasSubstr("did you mean connections"));
  EXPECT_EQ(plan_of("load", {"epoll", "single_loop"}).error(), "'single_loop' is named twice");
}

TEST(RunPlan, ParametersAreNameEqualsValue) {
  EXPECT_EQ(parse_parameters({"a=b=c"})->at("a"), "b=c");
  EXPECT_THAT(parse_parameters({"novalue"}).error(), HasSubstr("novalue"));
  EXPECT_FALSE(parse_parameters({"=1"}));
  EXPECT_EQ(parse_parameters({"worker_threads=1"}, 2)->at("worker_threads"), "2");
  EXPECT_FALSE(parse_parameters({})->contains("worker_threads"));
}

}  // namespace
}  // namespace gauntlet
