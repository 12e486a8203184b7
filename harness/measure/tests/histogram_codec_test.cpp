#include "harness/measure/histogram_codec.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "harness/measure/base64.hpp"

namespace gauntlet {
namespace {

// From the public-domain test data of the Java implementation.
constexpr std::string_view kWrittenByJava =
    "HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZMQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=";

Histogram sample_histogram() {
  Histogram histogram;
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) histogram.record(static_cast<std::int64_t>(random() >> (random() % 40 + 23)));
  histogram.record(0, 3);
  histogram.record(3'600'000'000'000, std::int64_t{1} << 60);
  return histogram;
}

TEST(HistogramCodec, ReadsWhatTheJavaImplementationWrote) {
  const auto histogram = decode_compressed(kWrittenByJava);
  ASSERT_TRUE(histogram) << histogram.error();
  // What hdr-histogram-js finds in it.
  EXPECT_EQ(histogram->layout(), (HistogramLayout{20'000, 3'600'000'000'000, 2}));
  EXPECT_EQ(histogram->count(), 741);
  EXPECT_EQ(histogram->percentile(50), 344'063);
  EXPECT_EQ(histogram->percentile(99), 409'599);
  EXPECT_NEAR(histogram->mean(), 301998.466937, 1e-5);
}

TEST(HistogramCodec, WritesThePlainBytesThatOtherImplementationsWrite) {
  Histogram histogram({1, 3'600'000'000, 3});
  histogram.record(2, 64);
  const std::string expected(
      "\x1c\x84\x93\x13\0\0\0\x03\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x01\0\0\0\0\xd6\x93\xa4\0\x3f\xf0\0\0\0\0\0\0"
      "\x03\x80\x01",
      43);
  EXPECT_EQ(encode_v2(histogram), expected);
}

TEST(HistogramCodec, CountsOfEverySizeSurviveTheWayThereAndBack) {
  Histogram histogram;
  for (int bit = 0; bit < 61; ++bit) histogram.add_at(static_cast<std::size_t>(bit) * 3, std::int64_t{1} << bit);
  EXPECT_EQ(decode_v2(encode_v2(histogram)), histogram);
  Histogram highest;
  highest.record(5, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(decode_v2(encode_v2(highest)), highest);
}

TEST(HistogramCodec, CompressedHistogramsSurviveTheWayThereAndBack) {
  for (const Histogram& histogram : {Histogram(), Histogram({1000, 60'000'000, 1}), sample_histogram()}) {
    const std::string text = encode_compressed(histogram);
    EXPECT_TRUE(text.starts_with("HISTFAAA"));
    const auto decoded = decode_compressed(text);
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(*decoded, histogram);
  }
}

TEST(HistogramCodec, EveryTruncationIsAnError) {
  const std::string plain = encode_v2(sample_histogram());
  for (std::size_t size = 0; size < plain.size(); ++size) EXPECT_FALSE(decode_v2(plain.substr(0, size)));
  const std::string text = encode_compressed(sample_histogram());
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(decode_compressed(text.substr(0, size)));
}

TEST(HistogramCodec, MutatedBytesAreAnErrorOrAHistogramButNeverACrash) {
  Histogram small({1, 1'000'000, 1});
  for (std::int64_t value = 1; value < 1'000'000; value *= 3) small.record(value, value);
  const std::string plain = encode_v2(small);
  std::mt19937_64 random(11);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = plain;
    for (std::uint64_t change = 0; change <= random() % 3; ++change)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (const auto decoded = decode_v2(bytes); !decoded) {
      EXPECT_NE(decoded.error(), "");
      ++refused;
    } else {
      EXPECT_EQ(decode_v2(encode_v2(*decoded)), *decoded);
    }
  }
  EXPECT_GT(refused, 300);
  EXPECT_LT(refused, 3000);
}

TEST(HistogramCodec, MutatedCompressionIsAlwaysAnErrorOrTheSameHistogram) {
  const Histogram histogram = sample_histogram();
  const std::string bytes = *decode_base64(encode_compressed(histogram));
  std::mt19937_64 random(13);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string mutated = bytes;
    mutated[random() % mutated.size()] = static_cast<char>(random());
    const auto decoded = decode_compressed(encode_base64(mutated));
    EXPECT_TRUE(!decoded || *decoded == histogram);
    if (!decoded) ++refused;
  }
  EXPECT_GT(refused, 1900);
}

TEST(HistogramCodec, CountsThatOverflowAreRefused) {
  Histogram histogram({1, 1000, 1});
  histogram.record(1, std::numeric_limits<std::int64_t>::max());
  std::string bytes = encode_v2(histogram);
  bytes += '\x02';  // one more, in the next bucket
  bytes[7] = static_cast<char>(bytes[7] + 1);
  const auto decoded = decode_v2(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().find("64 bits"), std::string::npos);
}

}  // namespace
}  // namespace gauntlet
