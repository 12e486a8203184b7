#include "harness/measure/percentile_table.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

// Checked against the table that hdr-histogram-js prints, but for its maximum, which it does not round up.
TEST(PercentileTable, IsTheTableOfTheReferenceImplementation) {
  Histogram histogram({1000, 3'600'000'000'000, 2});
  histogram.record(0, 3);
  histogram.record(1000);
  histogram.record(123'456'789, 7);
  histogram.record(3'599'999'999'999, 2);
  EXPECT_EQ(format_percentile_table(histogram),
            "       Value     Percentile TotalCount 1/(1-Percentile)\n"
            "\n"
            "        0.51 0.000000000000          3           1.00\n"
            "        0.51 0.100000000000          3           1.11\n"
            "        0.51 0.200000000000          3           1.25\n"
            "        1.02 0.300000000000          4           1.43\n"
            "   123731.97 0.400000000000         11           1.67\n"
            "   123731.97 0.500000000000         11           2.00\n"
            "   123731.97 0.550000000000         11           2.22\n"
            "   123731.97 0.600000000000         11           2.50\n"
            "   123731.97 0.650000000000         11           2.86\n"
            "   123731.97 0.700000000000         11           3.33\n"
            "   123731.97 0.750000000000         11           4.00\n"
            "   123731.97 0.775000000000         11           4.44\n"
            "   123731.97 0.800000000000         11           5.00\n"
            "   123731.97 0.825000000000         11           5.71\n"
            "3607772528.64 0.850000000000         13           6.67\n"
            "3607772528.64 1.000000000000         13\n"
            "#[Mean    = 553786882.95, StdDeviation   = 1298561095.53]\n"
            "#[Max     = 3607772528.64, Total count    =           13]\n"
            "#[Buckets =           26, SubBuckets     =          256]\n");
}

TEST(PercentileTable, PointsRiseAndEndAtEverything) {
  Histogram histogram;
  for (std::int64_t i = 1; i <= 100'000; ++i) histogram.record(i * 37);
  const auto points = percentile_points(histogram);
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_GT(points[i].percent, points[i - 1].percent);
    EXPECT_GE(points[i].value, points[i - 1].value);
  }
  EXPECT_EQ(points.back().percent, 100);
  EXPECT_EQ(points.back().count_up_to_here, 100'000);
  EXPECT_EQ(points.back().value, histogram.max());
}

TEST(PercentileTable, AnEmptyHistogramHasNoPoints) { EXPECT_TRUE(percentile_points(Histogram()).empty()); }

TEST(PercentileSummary, IsInMicroseconds) {
  Histogram histogram;
  histogram.record(5'000, 90);
  histogram.record(80'000, 10);
  const Percentiles summary = summarise(histogram);
  EXPECT_EQ(summary.samples, 100u);
  EXPECT_NEAR(summary.p50, 5, 0.01);
  EXPECT_NEAR(summary.p90, 5, 0.01);
  EXPECT_NEAR(summary.max, 80, 0.1);
  EXPECT_NEAR(summary.mean, 12.5, 0.1);
}

TEST(PercentileSummary, APercentileWithTooFewSamplesBehindItStaysAbsent) {
  Histogram histogram;
  histogram.record(1'000, 999);
  EXPECT_FALSE(summarise(histogram).p99);
  histogram.record(1'000);
  EXPECT_TRUE(summarise(histogram).p99);
  EXPECT_FALSE(summarise(histogram).p999);
  histogram.record(1'000, 9'000);
  EXPECT_TRUE(summarise(histogram).p999);
  EXPECT_FALSE(summarise(histogram).p9999);
  histogram.record(1'000, 90'000);
  EXPECT_TRUE(summarise(histogram).p9999);
}

}  // namespace
}  // namespace gauntlet
