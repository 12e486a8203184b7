#include "harness/plan/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/plan/tests/catalogue_fixture.hpp"

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Suite suite_of(Family family, int rounds = 6) {
  Suite suite;
  suite.name = "quick";
  suite.rounds = rounds;
  suite.families = {std::move(family)};
  return suite;
}

Family load_family() {
  Family family;
  family.scenario = "load";
  family.cell = "http";
  family.where = "quick.toml:12";
  return family;
}

Plan planned(const Suite& suite) {
  auto plan = make_plan(suite, fixtures::small_catalogue());
  EXPECT_TRUE(plan) << plan.error();
  return plan ? std::move(*plan) : Plan{};
}

std::string error_of(Family family) {
  const auto plan = make_plan(suite_of(std::move(family)), fixtures::small_catalogue());
  EXPECT_FALSE(plan);
  return plan ? "" : plan.error();
}

TEST(Planner, RunsEveryContenderInEveryRound) {
  const Plan plan = planned(suite_of(load_family()));
  EXPECT_EQ(plan.runs.size(), 3u * 6u);
  EXPECT_EQ(plan.rounds, 6);
  std::set<std::pair<std::string, int>> seen;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    EXPECT_EQ(plan.runs[i].index, i);
    EXPECT_EQ(plan.runs[i].cell, "load/http");
    EXPECT_EQ(plan.runs[i].role, Role::contender);
    seen.insert({plan.runs[i].runtime, plan.runs[i].round});
  }
  EXPECT_EQ(seen.size(), plan.runs.size());
}

TEST(Planner, LetsEachContenderTakeEachPositionOfARound) {
  const Plan plan = planned(suite_of(load_family()));
  std::set<std::pair<std::string, std::size_t>> positions;
  for (const RunSpec& run : plan.runs) positions.insert({run.runtime, run.index % 3});
  EXPECT_EQ(positions.size(), 9u);
}

TEST(Planner, TakesAllCellsThroughARoundBeforeTheNext) {
  Suite suite = suite_of(load_family(), 2);
  suite.families.push_back(load_family());
  suite.families[1].cell = "echo";
  std::vector<std::pair<int, std::string>> order;
  for (const RunSpec& run : planned(suite).runs) {
    if (order.empty() || order.back() != std::pair{run.round, run.cell}) order.emplace_back(run.round, run.cell);
  }
  EXPECT_THAT(order, ElementsAre(std::pair{0, "load/http"}, std::pair{0, "load/echo"}, std::pair{1, "load/http"},
                                 std::pair{1, "load/echo"}));
}

TEST(Planner, LeavesNegativeControlsOutOfTheStar) {
  for (const RunSpec& run : planned(suite_of(load_family())).runs) EXPECT_NE(run.runtime, "busy_wait");
}

TEST(Planner, GivesEachColumnItsRole) {
  Family family = load_family();
  family.controls = {"busy_wait"};
  family.aa = "single_loop";
  family.references = {"floor_io_uring", "floor_epoll"};
  const Plan plan = planned(suite_of(family));
  ASSERT_EQ(plan.cells.size(), 1u);
  const PlanCell& cell = plan.cells[0];
  EXPECT_THAT(
      cell.columns,
      ElementsAre(PlanColumn{"single_loop", "a", Role::contender}, PlanColumn{"io_uring", "a", Role::contender},
                  PlanColumn{"libuv", "a", Role::contender}, PlanColumn{"busy_wait", "a", Role::negative_control},
                  PlanColumn{"single_loop", "aa", Role::contender}, PlanColumn{"floor_io_uring", "a", Role::reference},
                  PlanColumn{"floor_epoll", "a", Role::reference}));
  EXPECT_EQ(cell.reference, "floor_io_uring");
  EXPECT_EQ(plan.runs.size(), 7u * 6u);
}

TEST(Planner, LetsANegativeControlContendWhereItIsNamedAsARuntime) {
  Family family = load_family();
  family.runtimes = {"busy_wait"};
  EXPECT_EQ(planned(suite_of(family)).cells[0].columns[0].role, Role::contender);
}

TEST(Planner, ResolvesAliases) {
  Family family = load_family();
  family.runtimes = {"uring", "epoll"};
  family.aa = "epoll";
  EXPECT_THAT(planned(suite_of(family)).cells[0].columns,
              ElementsAre(PlanColumn{"io_uring"}, PlanColumn{"single_loop"}, PlanColumn{"single_loop", "aa"}));
}

TEST(Planner, GivesEveryRunItsFullParameters) {
  Family family = load_family();
  family.params = {{"protocol", "echo"}};
  Suite suite = suite_of(family);
  EXPECT_EQ(planned(suite).runs[0].params.at("connections"), "64");
  EXPECT_EQ(planned(suite).runs[0].params.at("protocol"), "echo");
  suite.smoke = true;
  EXPECT_EQ(planned(suite).runs[0].params.at("connections"), "4");
  EXPECT_EQ(planned(suite).runs[0].params.at("protocol"), "echo");
}

TEST(Planner, LeadsWithTheFirstMetricOrTheOneNamed) {
  Family family = load_family();
  EXPECT_EQ(planned(suite_of(family)).cells[0].primary, "subject_cpu_us_per_request");
  family.primary = "throughput_rps";
  family.compare = {"latency_p99_us", "throughput_rps"};
  const PlanCell cell = planned(suite_of(family)).cells[0];
  EXPECT_EQ(cell.primary, "throughput_rps");
  EXPECT_THAT(cell.compare, ElementsAre("throughput_rps", "latency_p99_us"));
  EXPECT_EQ(cell.metrics.size(), 3u);
}

TEST(Planner, TakesTheScenariosQuestionForAMissingTitle) {
  EXPECT_EQ(planned(suite_of(load_family())).cells[0].title, "What does a request cost?");
}

TEST(Planner, CanGiveAFamilyItsOwnRounds) {
  Suite suite = suite_of(load_family(), 3);
  suite.families.push_back(load_family());
  suite.families[1].cell = "short";
  suite.families[1].rounds = 1;
  const Plan plan = planned(suite);
  EXPECT_EQ(plan.rounds, 3);
  EXPECT_EQ(plan.runs.size(), 3u * 3u + 3u);
}

TEST(Planner, EstimatesTheTimeFromEachFamilysSeconds) {
  Family family = load_family();
  family.seconds = 1.5;
  EXPECT_DOUBLE_EQ(planned(suite_of(family)).estimate_s, 1.5 * 3 * 6);
}

TEST(Planner, NamesWhatIsUnknownWithNearMatches) {
  Family family = load_family();
  family.scenario = "laod";
  EXPECT_EQ(error_of(family), "quick.toml:12: unknown scenario 'laod'; did you mean load?");
  family = load_family();
  family.runtimes = {"singel_loop"};
  EXPECT_EQ(error_of(family), "quick.toml:12: unknown runtime 'singel_loop'; did you mean single_loop?");
  family = load_family();
  family.references = {"flor_epoll"};
  EXPECT_EQ(error_of(family), "quick.toml:12: unknown reference 'flor_epoll'; did you mean floor_epoll?");
  family = load_family();
  family.primary = "throughput";
  EXPECT_EQ(error_of(family), "quick.toml:12: unknown metric 'throughput'; did you mean throughput_rps?");
  family = load_family();
  family.params = {{"conections", "3"}};
  EXPECT_EQ(error_of(family), "quick.toml:12: unknown parameter 'conections'; did you mean connections?");
  family = load_family();
  family.aa = "singel_loop";
  EXPECT_THAT(error_of(family), HasSubstr("unknown runtime 'singel_loop'"));
  family = load_family();
  family.controls = {"bussy_wait"};
  EXPECT_THAT(error_of(family), HasSubstr("unknown runtime 'bussy_wait'; did you mean busy_wait?"));
}

TEST(Planner, NamesNoPlaceForAFamilyThatIsNotFromAFile) {
  Family family = load_family();
  family.where = "";
  family.params = {{"connections", "-1"}};
  EXPECT_EQ(error_of(family), "parameter 'connections' must be in the range 0 to 1000000, not -1");
}

TEST(Planner, RefusesAControlThatIsNotOneAndAnAAThatDoesNotContend) {
  Family family = load_family();
  family.controls = {"single_loop"};
  EXPECT_THAT(error_of(family), HasSubstr("'single_loop' is not a negative control"));
  family = load_family();
  family.runtimes = {"io_uring"};
  family.aa = "single_loop";
  EXPECT_THAT(error_of(family), HasSubstr("'aa' names 'single_loop', which does not contend here"));
}

TEST(Planner, RefusesWhatIsNamedTwiceOrNotAtAll) {
  Family family = load_family();
  family.runtimes = {"single_loop", "epoll"};
  EXPECT_THAT(error_of(family), HasSubstr("'single_loop' is named twice"));
  family.runtimes = {};
  EXPECT_THAT(error_of(family), HasSubstr("no runtime is named"));
  Suite suite = suite_of(load_family());
  suite.families.push_back(load_family());
  const auto plan = make_plan(suite, fixtures::small_catalogue());
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error(), HasSubstr("the cell 'load/http' is there twice"));
}

}  // namespace
}  // namespace gauntlet
