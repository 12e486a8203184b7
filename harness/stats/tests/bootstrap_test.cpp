#include "harness/stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gauntlet {
namespace {

using Values = std::vector<double>;

// Efron and Tibshirani, An Introduction to the Bootstrap, table 2.1: survival of mice in days.
const Values kTreated = {94, 197, 16, 38, 99, 141, 23};
const Values kControl = {52, 104, 146, 10, 50, 31, 40, 27, 46};

TEST(Bootstrap, ContainsTheMedian) {
  const auto interval = bootstrap_median(kTreated);
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->low, 94);
  EXPECT_GT(interval->high, 94);
}

TEST(Bootstrap, KnowsThatTheMedianOfAResampleIsOneOfTheValues) {
  // The median of seven resampled values is at most the second smallest with probability
  // P(binomial(7, 2/7) >= 4) = 0.094, at most the smallest with 0.0102: the lower 2.5 % lies at the second.
  EXPECT_EQ(bootstrap_median(kTreated)->low, 23);
  EXPECT_EQ(bootstrap_median(kTreated)->high, 141);
}

TEST(Bootstrap, GivesTheSameIntervalForTheSameSeed) {
  EXPECT_EQ(bootstrap_median_ratio(kTreated, kControl, {.seed = 7}),
            bootstrap_median_ratio(kTreated, kControl, {.seed = 7}));
}

TEST(Bootstrap, FindsNoDifferenceBetweenTheMice) {
  // Their medians, 94 and 46, look far apart and are not: too few mice.
  const auto interval = bootstrap_median_ratio(kTreated, kControl);
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->low, 1);
  EXPECT_GT(interval->high, 94.0 / 46.0);
}

TEST(Bootstrap, NarrowsWhenLessConfidenceIsAsked) {
  const auto wide = bootstrap_median_ratio(kTreated, kControl, {.confidence = 0.99});
  const auto narrow = bootstrap_median_ratio(kTreated, kControl, {.confidence = 0.5});
  EXPECT_LE(wide->low, narrow->low);
  EXPECT_GE(wide->high, narrow->high);
  EXPECT_LT(narrow->high - narrow->low, wide->high - wide->low);
}

TEST(Bootstrap, IsAPointWhereAllValuesAreEqual) {
  EXPECT_EQ(bootstrap_median(Values(6, 3.0)), (Interval{3, 3}));
  EXPECT_EQ(bootstrap_median_ratio(Values(6, 3.0), Values(8, 2.0)), (Interval{1.5, 1.5}));
}

TEST(Bootstrap, GivesNothingFromFewerThanSixValuesOrARatioToZero) {
  EXPECT_FALSE(bootstrap_median(Values(5, 1.0)));
  EXPECT_FALSE(bootstrap_median_ratio(Values(5, 1.0), Values(6, 1.0)));
  EXPECT_FALSE(bootstrap_median_ratio(Values(6, 1.0), Values{1, 1, 1, 1, 1, 0}));
}

}  // namespace
}  // namespace gauntlet
