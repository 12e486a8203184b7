// `gauntlet gate` from outside: what it refuses, and small gates whose outcome no machine can turn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/tests/started_program.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using fixtures::expect_usage_error;
using fixtures::gauntlet;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kBuild = R"(budget_s = 30
least_rounds = 6
most_rounds = 6
[[build]]
cell = "echo"
scenario = "load"
runtimes = ["single_loop"]
metrics = { subject_cpu_us_per_request = 1 }
params = { protocol = "echo" }
size = "smoke"
seconds = 0.5
)";

std::string rival(double limit) {
  return "budget_s = 60\nleast_rounds = 6\nmost_rounds = 6\n[[rival]]\ncell = \"floor\"\nscenario = \"load\"\n"
         "runtime = \"single_loop\"\nagainst = \"floor_epoll\"\nmetric = \"subject_cpu_us_per_request\"\n"
         "minimum_effect = 1\nparams = { protocol = \"echo\" }\nsize = \"smoke\"\nseconds = 0.5\nlimit = " +
         std::to_string(limit) + "\n";
}

std::string count(const std::string& more = "") {
  return "[[count]]\ncell = \"idle\"\nscenario = \"busy_wait\"\nruntimes = [\"single_loop\"]\n"
         "metrics = { tasks_unfinished_count = 0 }\nsize = \"smoke\"\nparams = { window_s = 0.5 }\nrounds = 1\n" +
         more;
}

/// A machine that is disturbed makes a gate unstable, as it should: then it is asked again.
fixtures::Outcome settled_gate(const std::string& config) {
  constexpr int unstable = 3;
  fixtures::Outcome outcome = gauntlet({"gate", "--config", config});
  for (int again = 0; again < 4 && outcome.code == unstable; ++again) outcome = gauntlet({"gate", "--config", config});
  return outcome;
}

/// Of the programs under test.
std::string build_folder() { return fs::path(GAUNTLET_PROGRAM).parent_path().string(); }

TEST(GateProgram, SaysSameOfTheSameProgramWithoutRunningIt) {
  const ScratchFolder folder;
  const auto outcome =
      gauntlet({"gate", "--base-build", build_folder(), "--config", folder.write("gate.toml", kBuild), "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.output << outcome.errors;
  const auto json = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(json.at("schema"), "gauntlet.gate/1");
  EXPECT_TRUE(json.at("identical").get<bool>());
  EXPECT_EQ(json.at("rounds"), 0);
  EXPECT_EQ(json.at("verdicts").at(0).at("verdict"), "same");
}

TEST(GateProgram, MeasuresTheSameProgramWhenItIsForcedTo) {
  const ScratchFolder folder;
  const auto outcome = gauntlet(
      {"gate", "--base-build", build_folder(), "--config", folder.write("gate.toml", kBuild), "--force", "--json"});
  const auto json = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(json.at("rounds"), 6) << outcome.errors;
  EXPECT_EQ(json.at("verdicts").at(0).at("pairs"), 6);
  EXPECT_EQ(json.at("exit_code"), outcome.code);
}

TEST(GateProgram, FailsWhereARuntimeIsFurtherFromItsFloorThanIsAllowed) {
  const ScratchFolder folder;
  const auto outcome = settled_gate(folder.write("gate.toml", rival(0.01)));
  EXPECT_EQ(outcome.code, 1) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("slower"), HasSubstr("What to do next:"), HasSubstr("raise that 'limit'")));
}

TEST(GateProgram, PassesWhereARuntimeIsNearerToItsFloorThanIsAllowed) {
  const ScratchFolder folder;
  const auto outcome = settled_gate(folder.write("gate.toml", rival(100)));
  EXPECT_EQ(outcome.code, 0) << outcome.output << outcome.errors;
}

TEST(GateProgram, IsInvalidWhereTheBaseDies) {
  const ScratchFolder folder;
  const std::string worker = folder.write("gauntlet-worker", "#!/bin/sh\necho no such option >&2\nexit 9\n");
  fs::permissions(worker, fs::perms::owner_all);
  const auto config = folder.write("gate.toml", kBuild);
  const auto outcome = gauntlet({"gate", "--base-build", folder.path().string(), "--config", config});
  EXPECT_EQ(outcome.code, 3) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("invalid"), HasSubstr("exited with code 9")));
  const auto passed =
      gauntlet({"gate", "--base-build", folder.path().string(), "--config", config, "--on-unstable", "pass"});
  EXPECT_EQ(passed.code, 0);
}

TEST(GateProgram, StoresCountsAndHoldsThisBuildAgainstThem) {
  const ScratchFolder folder;
  const auto config = folder.write("gate.toml", count());
  const auto without = gauntlet({"gate", "--config", config});
  EXPECT_EQ(without.code, 3) << without.errors;
  EXPECT_THAT(without.output, HasSubstr("no stored baseline"));

  const auto updated = gauntlet({"gate", "--update-counts", "--config", config});
  ASSERT_EQ(updated.code, 0) << updated.errors;
  EXPECT_THAT(updated.output, HasSubstr((folder.path() / "counts.json").string()));
  const auto held = gauntlet({"gate", "--config", config});
  EXPECT_EQ(held.code, 0) << held.output << held.errors;

  auto stored = nlohmann::json::parse(std::ifstream(folder.path() / "counts.json"));
  stored["environment"]["facts"][0]["value"] = "another";
  folder.write("counts.json", stored.dump());
  const auto foreign = gauntlet({"gate", "--config", config});
  EXPECT_EQ(foreign.code, 3) << foreign.output;
  EXPECT_THAT(foreign.output, HasSubstr("another machine or build type"));

  folder.write("counts.json", "half a li");
  const auto torn = gauntlet({"gate", "--config", config});
  EXPECT_EQ(torn.code, 3);
  EXPECT_THAT(torn.errors, HasSubstr("counts.json: not JSON"));
}

TEST(GateProgram, LeavesReportsForTheMachineThatRunsIt) {
  const ScratchFolder folder;
  const auto config = folder.write("gate.toml", kBuild);
  const std::string junit = (folder.path() / "gate.xml").string(), summary = (folder.path() / "summary.md").string();
  const auto text_of = [](const std::string& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator(file), {});
  };
  setenv("GITHUB_STEP_SUMMARY", summary.c_str(), 1);
  const auto outcome = gauntlet({"gate", "--base-build", build_folder(), "--config", config, "--junit", junit});
  unsetenv("GITHUB_STEP_SUMMARY");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(text_of(junit), HasSubstr(R"(tests="1" failures="0" errors="0")"));
  EXPECT_THAT(text_of(summary), HasSubstr("Gauntlet gate: passed"));

  const auto refused = gauntlet({"gate", "--base-build", "/nowhere", "--config", config, "--junit", junit});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(text_of(junit), HasSubstr("/nowhere holds no gauntlet-worker"));
}

TEST(GateProgram, RefusesWhatItDoesNotUnderstand) {
  const ScratchFolder folder;
  const auto config = folder.write("gate.toml", kBuild);
  expect_usage_error({"gate", "--config", config}, "which base?");
  expect_usage_error({"gate", "--config", "/nowhere/gate.toml"}, "/nowhere/gate.toml");
  expect_usage_error({"gate", "--config", folder.write("typo.toml", "buget_s = 1\n")}, "did you mean budget_s?");
  expect_usage_error({"gate", "--config", config, "--base-build", "/nowhere"}, "/nowhere holds no gauntlet-worker");
  expect_usage_error({"gate", "--config", config, "--base", "no-such-revision-anywhere"}, "git knows no revision");
  expect_usage_error({"gate", "--config", config, "--only", "rival"}, "holds no gate of the kind");
  expect_usage_error({"gate", "--config", config, "--update-counts"}, "has no [[count]]");
  expect_usage_error({"gate", "--base", "x", "--base-build", "y"}, "excludes");
  expect_usage_error({"gate", "--head-build", "x"}, "--base-build");
  expect_usage_error({"gate", "--config", config, "--base-build", build_folder(), "--head-build", "/nowhere"},
                     "/nowhere holds no gauntlet-worker");
  expect_usage_error({"gate", "--config", config, "--base-build", build_folder(), "--record", "/nowhere/pool.jsonl"},
                     "cannot write /nowhere/pool.jsonl");
  expect_usage_error({"power"}, "what was recorded?");
  expect_usage_error({"power", folder.write("pool.jsonl", ""), "--config", config}, "no whole round");
  expect_usage_error({"import", config, "--out", "/nowhere/results"}, "not JSON");
  expect_usage_error({"gate", "--on-unstable", "maybe"}, "maybe");
  expect_usage_error({"gate", "--baes", "x"}, "did you mean --base");
}

}  // namespace
}  // namespace gauntlet
