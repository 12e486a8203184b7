// `gauntlet compare` from outside, on results directories that are made up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cli/tests/started_program.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {
namespace {

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using testing::HasSubstr;

constexpr int kRounds = 12;

class CompareProgram : public testing::Test {
 protected:
  CompareProgram() {
    PlanCell cell;
    cell.cell = "load/echo";
    cell.scenario = "load";
    cell.primary = "cost_us";
    cell.compare = {"cost_us"};
    cell.metrics = {{.name = "cost_us", .unit = "us", .better = Better::lower, .description = ""}};
    cell.columns = {{.runtime = "single_loop"}, {.runtime = "single_loop", .arm = "aa"}};
    plan_.cells = {cell};
    for (int round = 0; round < kRounds; ++round) {
      for (const char* arm : {"a", "aa"}) {
        plan_.runs.push_back({.index = plan_.runs.size(),
                              .cell = cell.cell,
                              .scenario = "load",
                              .runtime = "single_loop",
                              .arm = arm,
                              .round = round,
                              .role = Role::contender,
                              .params = {}});
      }
    }
  }

  /// A results directory in which every run cost `cost`, a little more or less.
  std::string results(const std::string& name, double cost) {
    const auto path = folder_.path() / name;
    auto directory = ResultsDirectory::create(path, plan_, environment_);
    EXPECT_TRUE(directory) << directory.error();
    for (const RunSpec& spec : plan_.runs) {
      RunRecord record;
      record.spec = spec;
      const double value = cost * (1 + 0.001 * static_cast<double>(spec.index * 7 % 5));
      record.metrics["cost_us"] = {.value = value, .unit = "us", .better = Better::lower};
      EXPECT_TRUE(directory->append(record));
    }
    return path.string();
  }

  fixtures::ScratchFolder folder_;
  Plan plan_;
  EnvironmentRecord environment_ = {.fingerprint = "f00d", .facts = {{"kernel", "6.1.0", "", true}}};
};

TEST_F(CompareProgram, EndsWithOneWhenSomethingIsSlower) {
  const auto outcome = gauntlet({"compare", results("a", 4), results("b", 4.4)});
  EXPECT_EQ(outcome.code, 1) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("slower"));
}

TEST_F(CompareProgram, EndsWithZeroWhenNothingIs) {
  EXPECT_EQ(gauntlet({"compare", results("a", 4), results("b", 4.001)}).code, 0);
  EXPECT_EQ(gauntlet({"compare", results("c", 4), results("d", 3.5)}).code, 0);
}

TEST_F(CompareProgram, PrintsOneObject) {
  const auto outcome = gauntlet({"compare", results("a", 4), results("b", 4.4), "--metric", "cost_us", "--json"});
  const auto json = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(json.at("schema"), "gauntlet.comparison/1");
  EXPECT_EQ(json.at("metrics").at(0).at("verdict"), "slower");
  EXPECT_FALSE(json.at("metrics").at(0).at("paired").get<bool>());
  EXPECT_EQ(json.at("exit_code"), 1);
}

TEST_F(CompareProgram, RefusesAnotherMachineWithTheDifference) {
  const std::string here = results("a", 4);
  environment_.facts[0].value = "5.10";
  expect_usage_error({"compare", here, results("b", 4)}, "kernel (6.1.0 in A, 5.10 in B)");
}

TEST_F(CompareProgram, RefusesWhatIsNotThere) {
  expect_usage_error({"compare", results("a", 4), "/nowhere"}, "/nowhere is not a results directory");
  expect_usage_error({"compare", results("b", 4), results("c", 4), "--metric", "cots_us"}, "did you mean cost_us?");
  expect_usage_error({"compare", results("d", 4)}, "required");
}

TEST_F(CompareProgram, RefusesANewerSchema) {
  const std::string a = results("a", 4), b = results("b", 4);
  folder_.write("b/plan.json", R"({"schema": "gauntlet.plan/2"})");
  expect_usage_error({"compare", a, b}, "gauntlet.plan/2");
}

TEST_F(CompareProgram, EndsWithThreeFromTooFewRounds) {
  plan_.runs.resize(6);
  const auto outcome = gauntlet({"compare", results("a", 4), results("b", 8)});
  EXPECT_EQ(outcome.code, 3) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("no word from fewer than 6"));
}

}  // namespace
}  // namespace gauntlet
