#include "harness/plan/suite_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kFamily = "[[family]]\nscenario = \"load\"\ncell = \"http\"\n";

std::string error_of(const std::string& text) {
  const auto suite = parse_suite(text, "dir/quick.toml");
  EXPECT_FALSE(suite) << text;
  return suite ? "" : suite.error();
}

TEST(SuiteFile, ReadsEveryKey) {
  const auto suite = parse_suite(R"(
title = "The main comparison"
rounds = 12
seed = 7
size = "smoke"
[[family]]
scenario = "load"
cell = "http"
title = "HTTP"
runtimes = ["*", "busy_wait"]
references = ["floor_epoll"]
controls = ["busy_wait"]
aa = "single_loop"
primary = "throughput_rps"
compare = ["latency_p99_us"]
params = { protocol = "http", connections = 64, duration_s = 1.5 }
rounds = 2
seconds = 1.6
)",
                                 "dir/quick.toml");
  ASSERT_TRUE(suite) << suite.error();
  EXPECT_EQ(suite->name, "quick");
  EXPECT_EQ(suite->title, "The main comparison");
  EXPECT_EQ(suite->rounds, 12);
  EXPECT_EQ(suite->seed, 7u);
  EXPECT_TRUE(suite->smoke);
  ASSERT_EQ(suite->families.size(), 1u);
  const Family& family = suite->families[0];
  EXPECT_EQ(family.scenario, "load");
  EXPECT_EQ(family.cell, "http");
  EXPECT_EQ(family.title, "HTTP");
  EXPECT_THAT(family.runtimes, ElementsAre("*", "busy_wait"));
  EXPECT_THAT(family.references, ElementsAre("floor_epoll"));
  EXPECT_THAT(family.controls, ElementsAre("busy_wait"));
  EXPECT_EQ(family.aa, "single_loop");
  EXPECT_EQ(family.primary, "throughput_rps");
  EXPECT_THAT(family.compare, ElementsAre("latency_p99_us"));
  EXPECT_EQ(family.params.at("protocol"), "http");
  EXPECT_EQ(family.params.at("connections"), "64");
  EXPECT_EQ(family.params.at("duration_s"), "1.5");
  EXPECT_EQ(family.rounds, 2);
  EXPECT_EQ(family.seconds, 1.6);
  EXPECT_EQ(family.where, "dir/quick.toml:6");
}

TEST(SuiteFile, TakesEveryRuntimeAndSixRoundsUnlessToldOtherwise) {
  const auto suite = parse_suite(kFamily, "quick.toml");
  ASSERT_TRUE(suite) << suite.error();
  EXPECT_EQ(suite->rounds, 6);
  EXPECT_FALSE(suite->smoke);
  EXPECT_THAT(suite->families.at(0).runtimes, ElementsAre("*"));
}

TEST(SuiteFile, NamesAnUnknownKeyWithItsLineAndNearMatches) {
  EXPECT_EQ(error_of(std::string("title = \"x\"\nround = 6\n") + kFamily),
            "dir/quick.toml:2: unknown key 'round' in the suite; did you mean rounds?");
  EXPECT_EQ(error_of(std::string(kFamily) + "refrences = []\n"),
            "dir/quick.toml:4: unknown key 'refrences' in [[family]]; did you mean references?");
  EXPECT_THAT(error_of(std::string(kFamily) + "colour = 1\n"), HasSubstr("known are: scenario, cell, title"));
}

TEST(SuiteFile, NamesTheLineOfASyntaxError) {
  EXPECT_THAT(error_of("title = \"x\"\nrounds = = 6\n"), StartsWith("dir/quick.toml:2: "));
  EXPECT_THAT(error_of("title = \"x\nrounds = 6\n"), StartsWith("dir/quick.toml:1: "));
}

TEST(SuiteFile, KeepsErrorsOnOneLine) {
  for (const char* text : {"rounds = = 6", "[", "a = 1", "rounds = \"x\""}) {
    EXPECT_THAT(error_of(text), Not(HasSubstr("\n"))) << text;
  }
}

TEST(SuiteFile, RefusesValuesOfTheWrongType) {
  EXPECT_THAT(error_of(std::string("rounds = \"six\"\n") + kFamily), HasSubstr(":1: 'rounds' must be a whole number"));
  EXPECT_THAT(error_of(std::string("rounds = 6.5\n") + kFamily), HasSubstr("'rounds' must be a whole number"));
  EXPECT_THAT(error_of(std::string("title = 6\n") + kFamily), HasSubstr("'title' must be text in quotes"));
  EXPECT_THAT(error_of(std::string(kFamily) + "runtimes = \"*\"\n"), HasSubstr(":4: 'runtimes' must be a list"));
  EXPECT_THAT(error_of(std::string(kFamily) + "runtimes = [1]\n"), HasSubstr("'runtimes' must hold only names"));
  EXPECT_THAT(error_of(std::string(kFamily) + "params = 3\n"), HasSubstr("'params' must be a table"));
  EXPECT_THAT(error_of(std::string(kFamily) + "params = { path = [1] }\n"),
              HasSubstr("'path' must be text or a number"));
}

TEST(SuiteFile, RefusesNumbersOutOfRange) {
  EXPECT_THAT(error_of(std::string("rounds = 0\n") + kFamily), HasSubstr("from 1 to 10000"));
  EXPECT_THAT(error_of(std::string("rounds = -3\n") + kFamily), HasSubstr("from 1 to 10000"));
  EXPECT_THAT(error_of(std::string("seed = -1\n") + kFamily), HasSubstr("'seed' must be a whole number"));
  for (const char* seconds : {"0", "-1", "nan", "inf", "1e9"}) {
    EXPECT_THAT(error_of(std::string(kFamily) + "seconds = " + seconds + "\n"), HasSubstr("'seconds' must be"))
        << seconds;
  }
}

TEST(SuiteFile, RefusesASizeThatIsNotOne) {
  EXPECT_THAT(error_of(std::string("size = \"huge\"\n") + kFamily), HasSubstr("must be \"real\" or \"smoke\""));
}

TEST(SuiteFile, SaysWhatAFamilyLacks) {
  EXPECT_THAT(error_of("[[family]]\ncell = \"x\"\n"), HasSubstr(":1: [[family]] has no 'scenario'"));
  EXPECT_THAT(error_of("[[family]]\nscenario = \"x\"\n"), HasSubstr("has no 'cell'"));
}

TEST(SuiteFile, RefusesASuiteThatWouldRunNothing) {
  EXPECT_THAT(error_of("title = \"x\"\n"), HasSubstr("no [[family]]"));
  EXPECT_THAT(error_of("family = []\n"), HasSubstr("[[family]] in double brackets"));
  EXPECT_THAT(error_of("[family]\nscenario = \"load\"\n"), HasSubstr(":1: write [[family]] in double brackets"));
}

class SuiteFolder : public testing::Test {
 protected:
  SuiteFolder() {
    scratch_.write("quick.toml", kFamily);
    scratch_.write("smoke.toml", std::string("rounds = 1\n") + kFamily);
    scratch_.write("README.md", "not a suite");
  }
  const ScratchFolder scratch_;
  const std::filesystem::path& folder_ = scratch_.path();
};

TEST_F(SuiteFolder, ListsItsSuites) { EXPECT_THAT(suite_names(folder_), ElementsAre("quick", "smoke")); }

TEST_F(SuiteFolder, LoadsASuiteByNameOrByPath) {
  EXPECT_EQ(load_suite(folder_, "smoke")->rounds, 1);
  EXPECT_EQ(load_suite("elsewhere", (folder_ / "smoke.toml").string())->name, "smoke");
}

TEST_F(SuiteFolder, NamesAnUnknownSuiteWithNearMatches) {
  EXPECT_EQ(load_suite(folder_, "qiuck").error(), "unknown suite 'qiuck'; did you mean quick?");
  EXPECT_EQ(load_suite(folder_, "zebra").error(), "unknown suite 'zebra'; known are: quick, smoke");
  EXPECT_THAT(load_suite(folder_, "none.toml").error(), AllOf(HasSubstr("cannot read"), HasSubstr("none.toml")));
}

}  // namespace
}  // namespace gauntlet
