#include "harness/stats/paired_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gauntlet {
namespace {

using Values = std::vector<double>;

TEST(PairedRatio, IsTheMedianOfTheRatios) {
  const auto result = paired_ratio(Values{2, 6, 40}, Values{1, 2, 10});
  EXPECT_EQ(result.pairs, 3u);
  EXPECT_NEAR(*result.ratio, 3, 1e-12);
}

TEST(PairedRatio, IsTheGeometricMeanOfTheTwoMiddleRatios) {
  EXPECT_NEAR(*paired_ratio(Values{2, 8}, Values{1, 1}).ratio, 4, 1e-12);
}

TEST(PairedRatio, IgnoresWhatDisturbsBothSidesOfARoundAlike) {
  const auto result = paired_ratio(Values{1.1, 11, 110, 1.1, 11, 110}, Values{1, 10, 100, 1, 10, 100});
  EXPECT_NEAR(*result.ratio, 1.1, 1e-12);
  ASSERT_TRUE(result.interval);
  EXPECT_NEAR(result.interval->low, 1.1, 1e-12);
  EXPECT_NEAR(result.interval->high, 1.1, 1e-12);
}

TEST(PairedRatio, InvertsWhenTheSidesAreSwapped) {
  const Values a = {1.0, 1.2, 0.9, 1.5, 1.1, 1.3, 1.05};
  const Values b = {1.1, 1.0, 1.0, 1.2, 1.4, 1.0, 0.8};
  const auto forwards = paired_ratio(a, b), backwards = paired_ratio(b, a);
  EXPECT_NEAR(*forwards.ratio * *backwards.ratio, 1, 1e-12);
  EXPECT_NEAR(forwards.interval->low * backwards.interval->high, 1, 1e-12);
  EXPECT_NEAR(forwards.interval->high * backwards.interval->low, 1, 1e-12);
}

TEST(PairedRatio, HasNoIntervalBelowSixPairs) {
  EXPECT_FALSE(paired_ratio(Values(5, 2.0), Values(5, 1.0)).interval);
  EXPECT_TRUE(paired_ratio(Values(6, 2.0), Values(6, 1.0)).interval);
}

TEST(PairedRatio, CallsTwoZerosEqual) {
  const auto result = paired_ratio(Values(6, 0.0), Values(6, 0.0));
  EXPECT_EQ(result.ratio, 1);
  EXPECT_EQ(result.interval, (Interval{1, 1}));
}

TEST(PairedRatio, PutsZeroInfinitelyBelowSomething) {
  const auto result = paired_ratio(Values(6, 0.0), Values(6, 40.0));
  EXPECT_EQ(result.ratio, 0);
  EXPECT_EQ(result.interval, (Interval{0, 0}));
  EXPECT_TRUE(std::isinf(*paired_ratio(Values(6, 40.0), Values(6, 0.0)).ratio));
}

TEST(PairedRatio, HasNoRatioWithoutPairsOrWithNegativeValues) {
  EXPECT_FALSE(paired_ratio(Values{}, Values{}).ratio);
  const auto negative = paired_ratio(Values{1, -2}, Values{1, 2});
  EXPECT_FALSE(negative.ratio);
  EXPECT_EQ(negative.pairs, 2u);
}

TEST(PairedRatio, HasNoRatioBetweenInfinitelyAboveAndInfinitelyBelow) {
  EXPECT_FALSE(paired_ratio(Values{0, 1}, Values{1, 0}).ratio);
}

TEST(PairedRatioDeathTest, PairsNeedTwoValuesEach) {
  EXPECT_DEATH((void)paired_ratio(Values{1, 2}, Values{1}), "two values each");
}

}  // namespace
}  // namespace gauntlet
