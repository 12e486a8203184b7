// `gauntlet report` from outside, on results directories that are made up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/cli/tests/made_up_results.hpp"
#include "harness/cli/tests/started_program.hpp"

namespace gauntlet {
namespace {

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using testing::HasSubstr;

class ReportProgram : public testing::Test {
 protected:
  std::string results(const std::string& name, double cost_us) const { return bench_.results(name, cost_us); }

  fixtures::MadeUpBench bench_;
};

TEST_F(ReportProgram, HoldsADirectoryAgainstItsBase) {
  const std::string before = results("before", 4), after = results("after", 4.4);
  const auto outcome = gauntlet({"report", "--base", before, after});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("report: " + after + "/changes.html"));
  EXPECT_TRUE(std::filesystem::exists(after + "/comparison.json"));
}

TEST_F(ReportProgram, PutsSeveralSideBySide) {
  const auto outcome = gauntlet({"report", results("a", 4), results("b", 4.4), "--format", "md"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("/b/side_by_side.md"));
}

TEST_F(ReportProgram, RefusesWhatItCannotMake) {
  expect_usage_error({"report", results("a", 4), "--format", "pdf"}, "pdf");
  expect_usage_error({"report", "--base", results("b", 4), results("c", 4), results("d", 4)}, "not several");
  expect_usage_error({"report", "--base", "/nowhere", results("e", 4)}, "/nowhere is not a results directory");
}

}  // namespace
}  // namespace gauntlet
