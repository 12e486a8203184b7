#include "harness/cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "harness/cli/tests/record_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::broken_must;
using fixtures::record_of;

ExitCode code_of(const std::vector<RunRecord>& records, const std::set<std::string>& required = {}) {
  return exit_code_of(records, required);
}

TEST(ExitCode, IsZeroWhenEveryMustHeld) { EXPECT_EQ(code_of({record_of("a", RunStatus::ok)}), kEveryMustHeld); }

TEST(ExitCode, ASkippedRunCountsAsHeldUnlessItIsRequired) {
  const auto skipped = record_of("uring", RunStatus::skipped);
  EXPECT_EQ(code_of({skipped}), kEveryMustHeld);
  EXPECT_EQ(code_of({skipped}, {"uring"}), kMustBroken);
  EXPECT_EQ(code_of({skipped}, {"other"}), kEveryMustHeld);
}

TEST(ExitCode, ABrokenMustIsOneEvenBesideARunThatCouldNotBeMeasured) {
  EXPECT_EQ(code_of({broken_must("a")}), kMustBroken);
  EXPECT_EQ(code_of({record_of("b", RunStatus::failed), broken_must("a")}), kMustBroken);
}

TEST(ExitCode, ACrashOrAnInvalidRunIsThree) {
  EXPECT_EQ(code_of({record_of("a", RunStatus::failed)}), kNotMeasured);
  EXPECT_EQ(code_of({record_of("a", RunStatus::invalid)}), kNotMeasured);
}

TEST(ExitCode, ANegativeControlHasToBreakAMust) {
  const Role control = Role::negative_control;
  EXPECT_EQ(code_of({broken_must("c", control)}), kEveryMustHeld);
  EXPECT_EQ(code_of({record_of("c", RunStatus::ok, control)}), kMustBroken);
  EXPECT_EQ(code_of({record_of("c", RunStatus::failed, control)}), kNotMeasured) << "a crash catches nothing";
}

}  // namespace
}  // namespace gauntlet
