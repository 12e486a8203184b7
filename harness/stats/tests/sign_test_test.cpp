#include "harness/stats/sign_test.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace gauntlet {
namespace {

using Values = std::vector<double>;

TEST(SignTest, GivesThePValueOfTheDeerLegs) {
  // Zar, Biostatistical Analysis: hind leg against foreleg of ten deer; eight differences above zero, two below.
  EXPECT_NEAR(sign_test(Values{4, 4, -3, 5, -1, 5, 6, 5, 6, 2}), 0.109375, 1e-12);
}

TEST(SignTest, LeavesOutWhatIsEqual) {
  EXPECT_NEAR(sign_test(Values{0, 0, 0, 4, 4, -3, 5, -1, 5, 6, 5, 6, 2}), 0.109375, 1e-12);
}

TEST(SignTest, IsCertainOfNothingWithoutADifference) {
  EXPECT_EQ(sign_test(Values{}), 1);
  EXPECT_EQ(sign_test(Values{0, 0, 0}), 1);
  EXPECT_EQ(sign_test(Values{1, -1}), 1);
}

TEST(SignTest, CountsInfinitiesAsDifferences) {
  EXPECT_NEAR(sign_test(Values(6, std::numeric_limits<double>::infinity())), 0.03125, 1e-12);
}

TEST(SignTest, BelongsToTheIntervalThatExcludesOneFromSixPairsOn) {
  EXPECT_GT(sign_test(Values(5, 1.0)), 0.05);
  EXPECT_LT(sign_test(Values(6, 1.0)), 0.05);
}

}  // namespace
}  // namespace gauntlet
