#include "harness/cli/verdict_text.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gauntlet {
namespace {

using Words = std::vector<VerdictWord>;
using enum VerdictWord;

TEST(VerdictExitCode, IsZeroWhenNothingIsSlower) {
  EXPECT_EQ(exit_code_of(Words{same, faster, skipped}), kEveryMustHeld);
}

TEST(VerdictExitCode, IsOneWhenAnythingIsSlower) {
  EXPECT_EQ(exit_code_of(Words{same, slower, unstable}), kMustBroken);
  EXPECT_EQ(exit_code_of(Words{slower, unstable}, OnUnstable::pass), kMustBroken);
}

TEST(VerdictExitCode, IsThreeWhenSomethingCouldNotBeTold) {
  EXPECT_EQ(exit_code_of(Words{same, unstable}), kNotMeasured);
  EXPECT_EQ(exit_code_of(Words{same, invalid}), kNotMeasured);
}

TEST(VerdictExitCode, TreatsWhatCouldNotBeToldAsIsAsked) {
  EXPECT_EQ(exit_code_of(Words{same, unstable}, OnUnstable::pass), kEveryMustHeld);
  EXPECT_EQ(exit_code_of(Words{same, invalid}, OnUnstable::fail), kMustBroken);
  EXPECT_EQ(exit_code_of(Words{same}, OnUnstable::fail), kEveryMustHeld);
}

TEST(VerdictExitCode, NeverPassesWhereNothingWasMeasured) {
  EXPECT_EQ(exit_code_of(Words{}), kNotMeasured);
  EXPECT_EQ(exit_code_of(Words{skipped, skipped}, OnUnstable::pass), kNotMeasured);
}

}  // namespace
}  // namespace gauntlet
