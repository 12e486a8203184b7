// `gauntlet history` from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cli/tests/made_up_results.hpp"
#include "harness/cli/tests/started_program.hpp"

namespace gauntlet {
namespace {

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using fixtures::MadeUpBench;
using testing::AllOf;
using testing::HasSubstr;

TEST(HistoryProgram, ShowsWhereAMetricChanged) {
  MadeUpBench bench;
  const std::string store = (bench.folder.path() / "history.sqlite").string();
  std::vector<std::string> appending = {"history", "append", "--store", store};
  for (int day = 10; day < 20; ++day) {
    bench.plan.created = "2026-01-" + std::to_string(day) + "T12:00:00Z";
    bench.environment.facts[1].value = "revision" + std::to_string(day);
    const double cost = (day < 15 ? 4 : 4.4) + 0.01 * (day % 3);
    appending.push_back(bench.results(std::to_string(day), cost));
  }
  const auto appended = gauntlet(appending);
  ASSERT_EQ(appended.code, 0) << appended.errors;
  EXPECT_THAT(appended.output, HasSubstr("appended to " + store));
  EXPECT_THAT(gauntlet(appending).output, HasSubstr("is already in " + store));

  const auto shown = gauntlet({"history", "cost_us", "--store", store, "--json"});
  ASSERT_EQ(shown.code, 0) << shown.errors;
  const auto json = nlohmann::json::parse(shown.output);
  const auto& series = json.at("series").at(0);
  EXPECT_EQ(series.at("points").size(), 10u);
  ASSERT_EQ(series.at("changes").size(), 1u);
  EXPECT_EQ(series.at("changes").at(0).at("revision"), "revision15");
  EXPECT_THAT(gauntlet({"history", "cost_us", "--store", store, "--cell", "load/echo"}).output,
              AllOf(HasSubstr("load/echo single_loop cost_us"), HasSubstr("---- worse")));
}

TEST(HistoryProgram, RefusesWhatItDoesNotHold) {
  const MadeUpBench bench;
  const std::string store = (bench.folder.path() / "history.sqlite").string();
  expect_usage_error({"history", "cost_us", "--store", store}, "there is no history yet");
  ASSERT_EQ(gauntlet({"history", "append", bench.results("a", 4), "--store", store}).code, 0);
  expect_usage_error({"history", "--store", store}, "which metric?");
  expect_usage_error({"history", "cots_us", "--store", store}, "did you mean cost_us?");
  expect_usage_error({"history", "cost_us", "--runtime", "libuv", "--store", store}, "not for this cell, runtime");
  expect_usage_error({"history", "append", "/nowhere", "--store", store}, "/nowhere is not a results directory");
  expect_usage_error({"history", "append"}, "directories");
  const auto elsewhere = gauntlet({"history", "append", bench.results("b", 4), "--store", "/proc/history.sqlite"});
  EXPECT_EQ(elsewhere.code, 3);
  EXPECT_THAT(elsewhere.errors, HasSubstr("/proc/history.sqlite"));
}

}  // namespace
}  // namespace gauntlet
