#include "harness/gate/gate_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr const char* kBuild = R"([[build]]
cell = "http"
scenario = "load"
runtimes = ["single_loop", "io_uring"]
metrics = { subject_cpu_us_per_request = 0.02, latency_p99_us = 0.1 }
params = { connections = 64, protocol = "http" }
seconds = 1.6
)";

GateConfig parsed(const std::string& text) {
  const auto config = parse_gate_config(text, "ci/gate.toml");
  EXPECT_TRUE(config) << config.error();
  return config.value_or(GateConfig{});
}

std::string error_of(const std::string& text) {
  const auto config = parse_gate_config(text, "ci/gate.toml");
  return config ? "no error" : config.error();
}

TEST(GateConfig, ReadsEveryKindOfGate) {
  const GateConfig config = parsed(std::string("budget_s = 60\nleast_rounds = 8\nmost_rounds = 9\nalpha = 0.01\n"
                                               "on_unstable = \"pass\"\ncounts = \"my.json\"\n") +
                                   kBuild + R"(
[[rival]]
cell = "floor"
scenario = "load"
runtime = "single_loop"
against = "floor_epoll"
metric = "subject_cpu_us_per_request"
limit = 1.5
minimum_effect = 0.03
size = "smoke"

[[count]]
cell = "idle"
scenario = "busy_wait"
runtimes = ["single_loop"]
metrics = { idle_wakeups_count = 0 }
slack = { idle_wakeups_count = 2 }
rounds = 1
portable = true
)");
  EXPECT_EQ(config.budget_s, 60);
  EXPECT_EQ(config.least_rounds, 8);
  EXPECT_EQ(config.most_rounds, 9);
  EXPECT_EQ(config.alpha, 0.01);
  EXPECT_EQ(config.on_unstable, OnUnstable::pass);
  EXPECT_EQ(config.counts, "my.json");
  ASSERT_EQ(config.builds.size(), 1u);
  EXPECT_THAT(config.builds[0].runtimes, ElementsAre("single_loop", "io_uring"));
  EXPECT_THAT(config.builds[0].metrics,
              ElementsAre(Pair("latency_p99_us", 0.1), Pair("subject_cpu_us_per_request", 0.02)));
  EXPECT_THAT(config.builds[0].params, ElementsAre(Pair("connections", "64"), Pair("protocol", "http")));
  EXPECT_FALSE(config.builds[0].smoke);
  ASSERT_EQ(config.rivals.size(), 1u);
  EXPECT_EQ(config.rivals[0].limit, 1.5);
  EXPECT_EQ(config.rivals[0].minimum_effect, 0.03);
  EXPECT_TRUE(config.rivals[0].smoke);
  ASSERT_EQ(config.counted.size(), 1u);
  EXPECT_EQ(config.counted[0].rounds, 1);
  EXPECT_TRUE(config.counted[0].portable);
  EXPECT_THAT(config.counted[0].slack, ElementsAre(Pair("idle_wakeups_count", 2)));
}

TEST(GateConfig, HasTheDefaultsOfTheMethod) {
  const GateConfig config = parsed(kBuild);
  EXPECT_EQ(config.budget_s, 180);
  EXPECT_EQ(config.least_rounds, 12);
  EXPECT_EQ(config.on_unstable, OnUnstable::not_measured);
}

TEST(GateConfig, NamesAnUnknownKeyWithItsLineAndNearMatches) {
  EXPECT_EQ(error_of("buget_s = 60\n"), "ci/gate.toml:1: unknown key 'buget_s' in the gate; did you mean budget_s?");
  EXPECT_THAT(error_of(std::string(kBuild) + "secnds = 2\n"),
              HasSubstr("ci/gate.toml:8: unknown key 'secnds' in [[build]]"));
  EXPECT_THAT(error_of("[[biuld]]\ncell = 'x'\n"), HasSubstr("did you mean build?"));
}

TEST(GateConfig, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(error_of("least_rounds = 5\n"), HasSubstr("'least_rounds' must be a whole number from 6 to 10000"));
  EXPECT_THAT(error_of("least_rounds = 12\nmost_rounds = 11\n"), HasSubstr("from 12 to 10000"));
  EXPECT_THAT(error_of("budget_s = 0\n"), HasSubstr("'budget_s' must be a number of seconds above 0"));
  EXPECT_THAT(error_of("alpha = nan\n"), HasSubstr("'alpha' must be a number"));
  EXPECT_THAT(error_of("on_unstable = \"maybe\"\n"), HasSubstr("must be \"pass\" or \"fail\""));
  EXPECT_THAT(error_of("[[build]]\ncell = \"x\"\nscenario = \"load\"\nruntimes = [\"a\"]\nmetrics = { m = 0 }\n"),
              HasSubstr("ci/gate.toml:5: 'm' must be a number from 0.002 to 1"));
}

TEST(GateConfig, SaysWhatIsMissing) {
  EXPECT_THAT(error_of(""), HasSubstr("nothing is gated"));
  EXPECT_THAT(error_of("[[build]]\nscenario = \"load\"\n"), HasSubstr("[[build]] has no 'cell'"));
  EXPECT_THAT(error_of("[[rival]]\ncell = \"x\"\nscenario = \"load\"\nruntime = \"a\"\n"),
              HasSubstr("has no 'against'"));
  EXPECT_THAT(error_of("[build]\ncell = \"x\"\n"), HasSubstr("write [[build]] in double brackets"));
}

TEST(GateConfig, TellsASyntaxErrorWithItsLine) {
  EXPECT_THAT(error_of("budget_s = 60\nalpha = = 1\n"), testing::StartsWith("ci/gate.toml:2: "));
}

TEST(GateConfig, NamesAFileThatIsNotThere) {
  const auto config = load_gate_config("/nowhere/gate.toml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error(), HasSubstr("/nowhere/gate.toml"));
}

}  // namespace
}  // namespace gauntlet
