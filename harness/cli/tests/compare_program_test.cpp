// `gauntlet compare` from outside, on results directories that are made up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cli/tests/made_up_results.hpp"
#include "harness/cli/tests/started_program.hpp"

namespace gauntlet {
namespace {

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using testing::HasSubstr;

class CompareProgram : public testing::Test {
 protected:
  std::string results(const std::string& name, double cost) const { return bench_.results(name, cost); }

  fixtures::MadeUpBench bench_;
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
  bench_.environment.facts[0].value = "5.10";
  expect_usage_error({"compare", here, results("b", 4)}, "kernel (6.1.0 in A, 5.10 in B)");
}

TEST_F(CompareProgram, RefusesWhatIsNotThere) {
  expect_usage_error({"compare", results("a", 4), "/nowhere"}, "/nowhere is not a results directory");
  expect_usage_error({"compare", results("b", 4), results("c", 4), "--metric", "cots_us"}, "did you mean cost_us?");
  expect_usage_error({"compare", results("d", 4)}, "required");
}

TEST_F(CompareProgram, RefusesANewerSchema) {
  const std::string a = results("a", 4), b = results("b", 4);
  bench_.folder.write("b/plan.json", R"({"schema": "gauntlet.plan/2"})");
  expect_usage_error({"compare", a, b}, "gauntlet.plan/2");
}

TEST_F(CompareProgram, EndsWithThreeFromTooFewRounds) {
  bench_.plan.runs.resize(6);
  const auto outcome = gauntlet({"compare", results("a", 4), results("b", 8)});
  EXPECT_EQ(outcome.code, 3) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("no word from fewer than 6"));
}

}  // namespace
}  // namespace gauntlet
