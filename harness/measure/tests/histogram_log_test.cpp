#include "harness/measure/histogram_log.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

Histogram three_values() {
  Histogram histogram;
  for (const std::int64_t value : {1'000, 250'000, 2'000'000}) histogram.record(value);
  return histogram;
}

TEST(HistogramLog, EntriesSurviveTheWayThereAndBack) {
  const std::string text =
      format_histogram_log(1441812279.474, {{"corrected", 0.127, 1.007, three_values()}, {"", 1.5, 2, Histogram()}});
  const auto entries = parse_histogram_log(text);
  ASSERT_TRUE(entries) << entries.error();
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].tag, "corrected");
  EXPECT_DOUBLE_EQ((*entries)[0].start_s, 0.127);
  EXPECT_DOUBLE_EQ((*entries)[0].length_s, 1.007);
  EXPECT_EQ((*entries)[0].histogram, three_values());
  EXPECT_EQ((*entries)[1].tag, "");
  EXPECT_EQ((*entries)[1].histogram, Histogram());
}

TEST(HistogramLog, TheTextIsTheOneThatLogViewersKnow) {
  const std::string text = format_histogram_log(1441812279.474, {{"A", 0.127, 1.007, three_values()}});
  EXPECT_TRUE(
      text.starts_with("#[Histogram log format version 1.3]\n"
                       "#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 15:24:39 UTC 2015]\n"
                       "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
                       "Tag=A,0.127,1.007,2.001,HISTFAAA"))
      << text;
}

TEST(HistogramLog, ReadsALogOfTheJavaImplementation) {
  const auto entries = parse_histogram_log(
      "#[Histogram log format version 1.2]\r\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\r\n"
      "0.127,1.007,2.769,"
      "HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZMQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=\r\n"
      "Tag=A,1.134,0.999,0.442,"
      "HISTFAAAAEJ42pNpmSzMwMAgxwABTBDKT4GBgdnNYMcCBvsPEBEWLj45FTExAT4pBSEBKa6UkAgBi1uM7xjfMMlwMDABAC0CCjM=\r\n");
  ASSERT_TRUE(entries) << entries.error();
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[1].tag, "A");
  for (const HistogramLogEntry& entry : *entries) EXPECT_GT(entry.histogram.count(), 100);
  EXPECT_EQ((*entries)[1].histogram.max() / 1000, 442);
}

TEST(HistogramLog, AWrongLineIsNamed) {
  const auto entries = parse_histogram_log("#comment\n0.1,1,2,HISTFAAA\n");
  ASSERT_FALSE(entries);
  EXPECT_TRUE(entries.error().starts_with("histogram log, line 2: ")) << entries.error();
  for (const char* line : {"x,1,2,HISTFAAA", "1,2", "Tag=a", "1,2,nan,HISTFAAA", ",,,"})
    EXPECT_FALSE(parse_histogram_log(line)) << line;
}

TEST(HistogramLog, NoTextIsNoEntries) {
  const auto entries = parse_histogram_log("");
  ASSERT_TRUE(entries);
  EXPECT_TRUE(entries->empty());
}

}  // namespace
}  // namespace gauntlet
