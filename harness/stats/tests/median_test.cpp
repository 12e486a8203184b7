#include "harness/stats/median.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace gauntlet {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double median_of(std::vector<double> values) { return median(values); }

TEST(Median, IsTheMiddleValueWhateverTheOrder) {
  EXPECT_EQ(median_of({3, 1, 2}), 2);
  EXPECT_EQ(median_of({7}), 7);
}

TEST(Median, IsTheMeanOfTheTwoMiddleValues) { EXPECT_EQ(median_of({4, 1, 3, 2}), 2.5); }

TEST(Median, IsNotMovedByAnOutlier) { EXPECT_EQ(median_of({1, 2, 3, 4, 1e9}), 3); }

TEST(Median, TakesInfinitiesAsValues) {
  EXPECT_EQ(median_of({kInfinity, kInfinity, 1}), kInfinity);
  EXPECT_EQ(median_of({-kInfinity, -kInfinity}), -kInfinity);
  EXPECT_EQ(median_of({1, 2, kInfinity}), 2);
}

TEST(MedianDeathTest, NothingHasNoMedian) { EXPECT_DEATH((void)median({}), "no median"); }

struct KnownRanks {
  std::size_t count, low, high;
  double coverage;
};

// The tables for the sign test's interval, e.g. David and Nagaraja, Order Statistics, section 7.1.
class MedianRanks : public testing::TestWithParam<KnownRanks> {};

TEST_P(MedianRanks, AgreeWithThePublishedTable) {
  const auto ranks = median_ranks(GetParam().count);
  ASSERT_TRUE(ranks);
  EXPECT_EQ(ranks->low, GetParam().low);
  EXPECT_EQ(ranks->high, GetParam().high);
  EXPECT_NEAR(ranks->coverage, GetParam().coverage, 5e-5);
}

INSTANTIATE_TEST_SUITE_P(Table, MedianRanks,
                         testing::Values(KnownRanks{6, 1, 6, 0.96875}, KnownRanks{7, 1, 7, 0.984375},
                                         KnownRanks{8, 1, 8, 0.99219}, KnownRanks{9, 2, 8, 0.96094},
                                         KnownRanks{10, 2, 9, 0.97852}, KnownRanks{12, 3, 10, 0.96143},
                                         KnownRanks{15, 4, 12, 0.96484}, KnownRanks{20, 6, 15, 0.95861},
                                         KnownRanks{25, 8, 18, 0.95671}, KnownRanks{30, 10, 21, 0.95723},
                                         KnownRanks{100, 40, 61, 0.96480}));

TEST(MedianRanksBelowSix, DoNotExist) {
  for (std::size_t count = 0; count < kFewestForInterval; ++count) EXPECT_FALSE(median_ranks(count)) << count;
  EXPECT_TRUE(median_ranks(kFewestForInterval));
}

TEST(MedianRanksBelowSix, ExistForALowerConfidence) {
  const auto ranks = median_ranks(5, 0.90);
  ASSERT_TRUE(ranks);
  EXPECT_NEAR(ranks->coverage, 0.9375, 1e-12);
}

TEST(MedianInterval, OfSixValuesIsTheirRange) {
  const std::vector<double> values = {5, 3, 9, 1, 7, 4};
  EXPECT_EQ(median_interval(values), (Interval{1, 9}));
}

TEST(MedianInterval, OfTenValuesLeavesOutTheExtremes) {
  const std::vector<double> values = {-1000, 2, 3, 4, 5, 6, 7, 8, 9, 1000};
  EXPECT_EQ(median_interval(values), (Interval{2, 9}));
}

TEST(MedianInterval, DoesNotExistForFiveValues) { EXPECT_FALSE(median_interval(std::vector<double>{1, 2, 3, 4, 5})); }

/// How often the interval of `count` draws holds the true median.
template <class Distribution>
double coverage(std::size_t count, Distribution distribution, double true_median) {
  constexpr int kTrials = 20000;
  std::mt19937_64 random(20240607);
  std::vector<double> values(count);
  int held = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    for (double& value : values) value = distribution(random);
    const auto interval = median_interval(values);
    if (interval && interval->low <= true_median && true_median <= interval->high) ++held;
  }
  return static_cast<double>(held) / kTrials;
}

TEST(MedianInterval, CoversTheMedianAsOftenAsItSaysForAnyDistribution) {
  for (const std::size_t count : {6u, 9u, 12u, 25u}) {
    const double promised = median_ranks(count)->coverage;
    // Four standard errors of a share near 0.96 in 20,000 trials.
    constexpr double kTolerance = 0.006;
    EXPECT_NEAR(coverage(count, std::normal_distribution<double>(4.4, 0.1), 4.4), promised, kTolerance) << count;
    EXPECT_NEAR(coverage(count, std::lognormal_distribution<double>(0, 1), 1), promised, kTolerance) << count;
    EXPECT_NEAR(coverage(count, std::cauchy_distribution<double>(3, 1), 3), promised, kTolerance) << count;
  }
}

}  // namespace
}  // namespace gauntlet
