#include "harness/gate/gate_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/gate/tests/gate_fixture.hpp"
#include "harness/plan/tests/catalogue_fixture.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

std::string plan_error_of(const std::string& text) {
  const auto config = parse_gate_config(text, "gate.toml");
  EXPECT_TRUE(config) << config.error();
  const auto plan = make_gate_plan(*config, fixtures::small_catalogue());
  return plan ? "no error" : plan.error();
}

std::string build(const std::string& scenario, const std::string& runtime, const std::string& metric) {
  return "[[build]]\ncell = \"c\"\nscenario = \"" + scenario + "\"\nruntimes = [\"" + runtime + "\"]\nmetrics = { " +
         metric + " = 0.02 }\n";
}

TEST(GatePlan, PutsHeadBaseAndTheBaseAgainIntoABuildDuel) {
  const GatePlan plan = fixtures::one_build();
  ASSERT_EQ(plan.duels.size(), 1u);
  const Duel& duel = plan.duels[0];
  EXPECT_EQ(duel.name(), "load/http-open single_loop");
  EXPECT_EQ(duel.params.at("connections"), "64") << "parameters are full";
  EXPECT_EQ(duel.arms[0].build, Build::head);
  EXPECT_EQ(duel.arms[1].build, Build::base);
  EXPECT_EQ(duel.arms[2].build, Build::base);
  EXPECT_EQ(duel.arms[2].arm, "again");
  EXPECT_EQ(duel.metrics.at(0).info.name, fixtures::kCost);
}

TEST(GatePlan, PutsTheRivalOfTheSameBuildIntoARivalDuel) {
  const Duel duel = fixtures::one_rival(1.5).duels.at(0);
  EXPECT_EQ(duel.kind, GateKind::rival);
  EXPECT_EQ(duel.limit, 1.5);
  EXPECT_EQ(duel.against(), "floor_epoll");
  EXPECT_EQ(duel.arms[1].build, Build::head);
  EXPECT_EQ(duel.arms[1].role, Role::reference);
}

TEST(GatePlan, MakesOneCountCheckOfEachRuntime) {
  const CountCheck check = fixtures::one_count().counts.at(0);
  EXPECT_EQ(check.name(), "busy_wait/idle single_loop");
  EXPECT_EQ(check.metrics.at(0).tolerance, 0.1);
  EXPECT_EQ(check.metrics.at(0).slack, 1);
}

TEST(GatePlan, NamesWhatIsUnknownWithItsPlaceAndNearMatches) {
  EXPECT_EQ(plan_error_of(build("laod", "single_loop", "x")),
            "gate.toml:1: unknown scenario 'laod'; did you mean load?");
  EXPECT_THAT(plan_error_of(build("load", "singel_loop", "latency_p99_us")), HasSubstr("did you mean single_loop"));
  EXPECT_THAT(plan_error_of(build("load", "single_loop", "latency_p9_us")), HasSubstr("did you mean latency_p99_us"));
  EXPECT_THAT(plan_error_of(build("load", "single_loop", "latency_p99_us") + "params = { conections = 4 }\n"),
              HasSubstr("did you mean connections"));
}

TEST(GatePlan, RefusesWhatIsGatedTwice) {
  const std::string once = build("load", "single_loop", "latency_p99_us");
  EXPECT_EQ(plan_error_of(once + once), "gate.toml: load/c single_loop is gated twice: give each its own 'cell'");
}

TEST(GatePlan, RefusesARuntimeAgainstItself) {
  EXPECT_THAT(
      plan_error_of("[[rival]]\ncell = \"c\"\nscenario = \"load\"\nruntime = \"epoll\"\nagainst = \"single_loop\"\n"
                    "metric = \"latency_p99_us\"\nlimit = 1\n"),
      HasSubstr("'against' names the runtime itself"));
}

TEST(GatePlan, RefusesASlackForWhatIsNotCounted) {
  EXPECT_THAT(plan_error_of("[[count]]\ncell = \"c\"\nscenario = \"busy_wait\"\nruntimes = [\"single_loop\"]\n"
                            "metrics = { idle_cpu_percent = 0 }\nslack = { idle_cpu = 1 }\n"),
              HasSubstr("'slack' names 'idle_cpu', which 'metrics' does not"));
}

}  // namespace
}  // namespace gauntlet
