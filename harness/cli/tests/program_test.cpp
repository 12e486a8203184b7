// The program from outside: exit codes, one-line errors, and that it leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/tests/started_program.hpp"
#include "harness/measure/histogram_log.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/store/results_directory.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using fixtures::Outcome;

/// A disturbed machine makes a run invalid.
const auto kRan = testing::AnyOf(testing::Eq(0), testing::Eq(3));

TEST(GauntletProgram, ToldNonsenseNamesItInOneLineWithNearMatches) {
  expect_usage_error({}, "which command?");
  expect_usage_error({"bnech"}, "unknown command 'bnech'; did you mean bench?");
  expect_usage_error({"run", "laod", "--runtime", "single_loop"}, "unknown scenario 'laod'; did you mean load?");
  expect_usage_error({"run", "load", "--runtime", "singel_loop"}, "did you mean single_loop");
  expect_usage_error({"run", "load", "--runtime", "single_loop", "-p", "conections=4"}, "did you mean connections");
  expect_usage_error({"run", "load", "--runtime", "single_loop", "--ruonds", "4"}, "did you mean --rounds");
  expect_usage_error({"run", "load"}, "--runtime");
  expect_usage_error({"bench", "quikc"}, "did you mean quick");
  expect_usage_error({"bench", "--resume", "/nowhere"}, "/nowhere");
  expect_usage_error({"report", "/nowhere"}, "/nowhere");
  expect_usage_error({"list", "runtime"}, "did you mean runtimes");
  expect_usage_error({"serve", "load", "--runtime", "nobody_at_all"}, "unknown runtime 'nobody_at_all'");
}

TEST(GauntletProgram, HelpsWithExamplesAndExitCodes) {
  for (const char* command :
       {"list", "run", "serve", "bench", "report", "compare", "gate", "doctor", "export", "history", "journal"}) {
    const Outcome outcome = gauntlet({command, "--help"});
    EXPECT_EQ(outcome.code, 0) << command;
    EXPECT_THAT(outcome.output, HasSubstr("Examples:")) << command;
    EXPECT_THAT(outcome.output, HasSubstr("Exit codes:")) << command;
  }
}

TEST(GauntletProgram, ListsTheSameNamesForPeopleAndForPrograms) {
  const Outcome outcome = gauntlet({"list", "runtimes", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const std::string for_people = gauntlet({"list"}).output;
  const auto json = nlohmann::json::parse(outcome.output);
  EXPECT_FALSE(json.at("runtimes").empty());
  for (const auto& runtime : json.at("runtimes")) {
    EXPECT_THAT(for_people, HasSubstr(runtime.at("name").get<std::string>()));
  }
}

TEST(GauntletProgram, RunsARuntimeAsAConfigurationFileSaysAndTellsWhatItCouldNot) {
  const auto file = std::filesystem::temp_directory_path() / ("gauntlet-config-" + std::to_string(::getpid()));
  std::ofstream(file) << "[runtime]\nbackend = \"epoll\"\nturn_budget = 7\nmax_tasks_per_loop = 9\n"
                      << "[recovery]\njournal_path = \"/nowhere\"\n";
  const Outcome outcome =
      gauntlet({"run", "load", "--config", file.string(), "--smoke", "--json", "-p", "protocol=echo"});
  ASSERT_THAT(outcome.code, kRan) << outcome.output << outcome.errors;
  const auto run = nlohmann::json::parse(outcome.output).at("runs").at(0);
  EXPECT_EQ(run.at("runtime"), "single_loop");
  const auto& config = run.at("effective_config");
  EXPECT_EQ(config.at("turn_budget"), "7");
  EXPECT_EQ(config.at("max_tasks_per_loop"), "0 (not_supported: no runtime offers it; asked for 9)");
  EXPECT_THAT(config.at("recovery").get<std::string>(), HasSubstr("off (not_supported: this scenario's server"));
  std::ofstream(file) << "[runtime]\nbakend = \"epoll\"\n";
  expect_usage_error({"serve", "load", "--config", file.string()}, "did you mean 'backend'?");
  std::filesystem::remove(file);
  expect_usage_error({"serve", "load", "--config", file.string()}, "cannot be read");
}

TEST(GauntletProgram, ListsFailpointsAndRefusesOnesThatItDoesNotKnow) {
  EXPECT_THAT(gauntlet({"list", "failpoints"}).output, HasSubstr("segment_written"));
  const Outcome outcome = gauntlet({"list", "failpoints", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_GE(nlohmann::json::parse(outcome.output).at("failpoints").size(), 25U);
  ::setenv("GAUNTLET_FAILPOINTS", "segment_writtn=SIGKILL", 1);
  const Outcome refused = gauntlet({"run", "load", "--runtime", "single_loop", "--smoke", "--json"});
  ::unsetenv("GAUNTLET_FAILPOINTS");
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.output + refused.errors, HasSubstr("did you mean segment_written?"));
}

TEST(GauntletProgram, ListsTheKeysOfAConfigurationFileAndTheirSchema) {
  EXPECT_THAT(gauntlet({"list", "config"}).output, HasSubstr("worker_threads = 1"));
  const Outcome schema = gauntlet({"list", "config", "--json"});
  ASSERT_EQ(schema.code, 0) << schema.errors;
  EXPECT_TRUE(nlohmann::json::parse(schema.output).at("properties").contains("runtime"));
}

TEST(GauntletProgram, ServesUntilItIsInterruptedAndThenEndsWell) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Outcome outcome = gauntlet({"serve", "load", "--runtime", "single_loop"}, "\n", signal);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr("load on single_loop listens on 127.0.0.1:"));
  }
}

TEST(GauntletProgram, RunsAScenarioAndPrintsOneObject) {
  const Outcome outcome =
      gauntlet({"run", "load", "--runtime", "single_loop", "--smoke", "--json", "-p", "protocol=echo"});
  ASSERT_THAT(outcome.code, kRan) << outcome.output << outcome.errors;
  const auto json = nlohmann::json::parse(outcome.output);
  ASSERT_EQ(json.at("runs").size(), 1u);
  EXPECT_EQ(json.at("runs").at(0).at("status"), outcome.code == 0 ? "ok" : "invalid");
  EXPECT_EQ(json.at("runs").at(0).at("params").at("protocol"), "echo");
  EXPECT_EQ(json.at("runs").at(0).at("effective_config").at("backend"), "single_loop");
}

TEST(GauntletProgram, KeepsTheTimelineOfALoadAndWhereItsCpuTimeWentWhenAskedTo) {
  expect_usage_error({"run", "load", "--runtime", "single_loop", "--profile"}, "--out FOLDER");
  const ScratchFolder scratch;
  const auto folder = scratch.path() / "results";
  const Outcome outcome = gauntlet({"run", "load", "--runtime", "single_loop", "--smoke", "-p", "protocol=echo", "-p",
                                    "rate_rps=4000", "--profile", "--json", "--out", folder.string()});
  ASSERT_THAT(outcome.code, kRan) << outcome.output << outcome.errors;
  const auto results = ResultsDirectory::open_for_reading(folder);
  ASSERT_TRUE(results) << results.error();
  const RunRecord& record = results->records().at(0);
  EXPECT_EQ(record.spec.cell, "load/run+profiled");
  const auto timeline = parse_histogram_log(read_file(folder / "timelines/0000.hlog").value_or(""));
  ASSERT_TRUE(timeline) << timeline.error();
  EXPECT_EQ(timeline->size(), 2u) << "a tenth of a second each";
  EXPECT_EQ(record.timelines.at("corrected"), "timelines/0000.hlog#corrected");
  EXPECT_THAT(read_file(folder / record.lanes).value_or(""), testing::StartsWith("tag,start_s,length_s,cpu_s,"));
  const auto noted = [&record](const std::string& code) {
    return std::ranges::find(record.warnings, code, &Warning::code) != record.warnings.end();
  };
  // Without perf the run goes on, and says so.
  EXPECT_NE(noted("profiled"), noted("not_profiled"));
  if (noted("profiled")) {
    EXPECT_THAT(read_file(folder / record.profile).value_or(""), HasSubstr("gauntlet"));
  }
}

TEST(GauntletProgram, EndsWith130WhenInterruptedAndResumesWhereItStopped) {
  const ScratchFolder scratch;
  const auto folder = scratch.path() / "results";
  const std::vector<std::string> bench = {"bench",       "smoke", "--only",        "load",       "--runtime",
                                          "single_loop", "--out", folder.string(), "--cpu-idle", "allow"};
  const Outcome first = gauntlet(bench, "[1/", SIGINT);
  EXPECT_EQ(first.code, 130) << first.output << first.errors;
  EXPECT_THAT(first.output, HasSubstr("gauntlet bench --resume " + folder.string() + " --cpu-idle allow"));
  EXPECT_THAT(gauntlet(bench).errors, HasSubstr("--resume")) << "finished runs are not overwritten";

  // It cannot be had under a CPU quota, which is another sentence and as clear.
  const Outcome other = gauntlet({"bench", "--resume", folder.string(), "--cpu-idle", "prevent"});
  EXPECT_EQ(other.code, 2) << other.output;
  EXPECT_THAT(other.errors, testing::AnyOf(HasSubstr("cpu_idle (allowed"), HasSubstr("--cpu-idle allow")));

  const Outcome second = gauntlet({"bench", "--resume", folder.string(), "--cpu-idle", "allow"});
  EXPECT_THAT(second.output, testing::Not(HasSubstr("[1/")));
  EXPECT_THAT(second.output, HasSubstr("report: " + (folder / "report.html").string()));
  EXPECT_TRUE(std::filesystem::exists(folder / "summary.json"));
}

}  // namespace
}  // namespace gauntlet
