#include "harness/measure/histogram.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gauntlet {
namespace {

constexpr HistogramLayout kHourOfMicroseconds{1, 3'600'000'000, 3};

// Figures that the reference implementations test themselves with.
TEST(Histogram, HasTheBucketsOfTheReferenceImplementation) {
  EXPECT_EQ(Histogram(kHourOfMicroseconds).counts().size(), 23552u);
  EXPECT_EQ(Histogram(kHourOfMicroseconds).bucket_count(), 22);
  EXPECT_EQ(Histogram(kHourOfMicroseconds).sub_bucket_count(), 2048);
  EXPECT_EQ(Histogram({1000, 3'600'000'000'000, 2}).bucket_count(), 26);
  EXPECT_EQ(Histogram({1000, 3'600'000'000'000, 2}).sub_bucket_count(), 256);
}

TEST(Histogram, EquivalentRangesAreThoseOfTheReferenceImplementation) {
  const Histogram histogram(kHourOfMicroseconds);
  const std::pair<std::int64_t, std::int64_t> ranges[] = {{1, 1},    {1025, 1}, {2047, 1}, {2048, 2},
                                                          {2500, 2}, {8191, 4}, {8192, 8}, {10000, 8}};
  for (const auto& [value, range] : ranges) EXPECT_EQ(histogram.equivalent_range(value), range) << value;
  EXPECT_EQ(histogram.lowest_equivalent(10007), 10000);
  EXPECT_EQ(histogram.lowest_equivalent(10009), 10008);
  EXPECT_EQ(histogram.highest_equivalent(8180), 8183);
  EXPECT_EQ(histogram.highest_equivalent(8193), 8199);
  EXPECT_EQ(histogram.highest_equivalent(10008), 10015);
  EXPECT_EQ(histogram.median_equivalent(4000), 4001);
  EXPECT_EQ(histogram.median_equivalent(10007), 10004);
}

TEST(Histogram, EquivalentRangesScaleWithTheLowestDiscernibleValue) {
  const Histogram histogram({1024, 3'600'000'000, 3});
  EXPECT_EQ(histogram.equivalent_range(1024), 1024);
  EXPECT_EQ(histogram.equivalent_range(2500 * 1024), 2 * 1024);
  EXPECT_EQ(histogram.equivalent_range(10000 * 1024), 8 * 1024);
  EXPECT_EQ(histogram.lowest_equivalent(10007 * 1024), 10000 * 1024);
  EXPECT_EQ(histogram.highest_equivalent(8193 * 1024), 8199 * 1024 + 1023);
  EXPECT_EQ(histogram.median_equivalent(4 * 1024), 4 * 1024 + 512);
}

TEST(Histogram, EveryIndexIsTheIndexOfAllValuesThatItStandsFor) {
  for (int digits = 1; digits <= 4; ++digits) {
    for (const std::int64_t lowest : {1, 7, 1000}) {
      const Histogram histogram({lowest, 10'000'000'000, digits});
      for (std::size_t index = 0; index < histogram.counts().size(); ++index) {
        const std::int64_t value = histogram.value_at(index);
        ASSERT_EQ(histogram.index_of(value), index);
        ASSERT_EQ(histogram.index_of(histogram.highest_equivalent(value)), index);
        ASSERT_EQ(histogram.lowest_equivalent(histogram.highest_equivalent(value)), value);
      }
    }
  }
}

TEST(Histogram, TheRelativeErrorStaysWithinTheDigitsAskedFor) {
  for (int digits = 1; digits <= 5; ++digits) {
    const Histogram histogram({1, 3'600'000'000'000, digits});
    double allowed = 1;
    for (int i = 0; i < digits; ++i) allowed /= 10;
    for (std::int64_t value = 1; value < 3'600'000'000'000; value = value * 3 / 2 + 1) {
      const auto error = static_cast<double>(histogram.equivalent_range(value) - 1);
      ASSERT_LE(error / static_cast<double>(value), allowed) << value << " with digits " << digits;
    }
  }
}

TEST(Histogram, LargeValuesHavePercentilesInTheRightBucket) {
  Histogram histogram({20'000'000, 100'000'000, 5});
  for (const std::int64_t value : {100'000'000, 20'000'000, 30'000'000}) ASSERT_TRUE(histogram.record(value));
  EXPECT_EQ(histogram.index_of(histogram.percentile(50.0)), histogram.index_of(20'000'000));
  EXPECT_EQ(histogram.index_of(histogram.percentile(66.66)), histogram.index_of(30'000'000));
  EXPECT_EQ(histogram.index_of(histogram.percentile(66.67)), histogram.index_of(100'000'000));
}

TEST(Histogram, PercentilesAreWhereTheCountsAre) {
  Histogram histogram(kHourOfMicroseconds);
  histogram.record(1000, 10'000);
  histogram.record(100'000'000);
  EXPECT_EQ(histogram.count(), 10'001);
  EXPECT_EQ(histogram.percentile(99.99), 1000);
  EXPECT_EQ(histogram.percentile(99.999), histogram.highest_equivalent(100'000'000));
  EXPECT_EQ(histogram.percentile(0), 1000);
  EXPECT_EQ(histogram.percentile(100), histogram.max());
  EXPECT_EQ(histogram.min(), 1000);
  EXPECT_NEAR(histogram.mean(), 10996.417158, 1e-5);
  EXPECT_NEAR(histogram.standard_deviation(), 999641.715828, 1e-5);
}

TEST(Histogram, AnEmptyOneAnswersZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(50), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.mean(), 0);
}

TEST(Histogram, ValuesOutsideTheLayoutAreRefusedAndNotCounted) {
  Histogram histogram({1, 1000, 1});
  EXPECT_FALSE(histogram.record(-1));
  EXPECT_FALSE(histogram.record(std::numeric_limits<std::int64_t>::max()));
  EXPECT_TRUE(histogram.record(1000));
  EXPECT_TRUE(histogram.record(0));
  EXPECT_EQ(histogram.count(), 2);
}

TEST(Histogram, MergedHalvesEqualTheWhole) {
  Histogram whole, even, odd;
  for (std::int64_t i = 0; i < 2000; ++i) {
    whole.record(i * i * 977);
    (i % 2 == 0 ? even : odd).record(i * i * 977);
  }
  EXPECT_TRUE(even.merge(odd));
  EXPECT_EQ(even, whole);
}

TEST(Histogram, MergingACoarserLayoutKeepsEveryCount) {
  Histogram fine({1, 1'000'000, 3});
  Histogram coarse({1, 10'000'000, 1});
  coarse.record(500'000, 3);
  EXPECT_TRUE(fine.merge(coarse));
  EXPECT_EQ(fine.count(), 3);
  coarse.record(9'000'000);
  EXPECT_FALSE(fine.merge(coarse));
  EXPECT_EQ(fine.count(), 3);
}

TEST(Histogram, LayoutsThatCannotBeAreExplained) {
  EXPECT_EQ(why_invalid({}), "");
  EXPECT_NE(why_invalid({0, 1000, 3}), "");
  EXPECT_NE(why_invalid({80, 110, 5}), "");
  EXPECT_NE(why_invalid({1, 1000, 0}), "");
  EXPECT_NE(why_invalid({1, 1000, 6}), "");
  EXPECT_NE(why_invalid({std::int64_t{1} << 50, std::numeric_limits<std::int64_t>::max(), 5}), "");
  EXPECT_EQ(why_invalid({1, std::numeric_limits<std::int64_t>::max(), 5}), "");
}

TEST(Histogram, TheWidestLayoutHoldsTheHighestInteger) {
  Histogram histogram({1, std::numeric_limits<std::int64_t>::max(), 2});
  EXPECT_TRUE(histogram.record(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(histogram.max(), std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace gauntlet
