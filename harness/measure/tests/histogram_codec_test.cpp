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

/// What hdr-histogram-js 3.0.1 was shown, and what it wrote of the same values.
Histogram exchanged_histogram() {
  Histogram histogram;
  for (std::int64_t i = 0; i < 1000; ++i) histogram.record(40'000 + i * i * 7);
  histogram.record(2'000'000, 20);
  histogram.record(0, 3);
  histogram.record(3'000'000'000'000);
  return histogram;
}
constexpr std::string_view kShownToJavaScript =
    "HISTFAAAAXJ42qVUbUrDQBBNJqQhhLAsoZQQSwilaJCinsB/XsSreAMv4G9P4F+v4Em8gSazXzO7mxiwj3nz3rSdnd1se/Xy2iRJ8ZWoV6ZzOs"
    "mn+4+35PFbFXafzztIERnkGAWihEqjBoGQ0GDsEQdoNTo4InoYME6IM1xrjHCLuMAdxsOEwX5bdeh0lw77zNHbfgP2HLCn6nwm3dUKo15lxHXm"
    "uNj1Dgg1sdItmV6tb2ZQu+k0Hxl6MpmbzkxopjT7P9lzmE9N2vMzaFgYqPM1bs9iT7J6Ai6rMOyj1dxG9k7PoLZP3DAPznWgRUQLq4XVwt4pkw"
    "XxklUkyZIp6TFX0jtrmoW94zQ75sqFrzhzxXUcVVRXUa4izlecK/IbdmoLaqJuSu9KOM71H4ZhqlyF65jfjmLFF4HieY25Cp2LJRd6Xl/OVIXO"
    "B323XPlcuejKIGcT0g28xa1XqOLad6Ffq/4X+aZq/qdeU/Ecc1s5VD/vAL/a5j/l";
constexpr std::string_view kWrittenByJavaScript =
    "HISTFAAAAXN4nKVUbWrDMAxVFdIQQjCmlBKyUkIpWxhl6yV2kV1lN9gF9nsn2N9dYRfaiPwl2W4aWB96ek9tZcVxcvf2vgGofgBgBQAFmM8KoH"
    "h5/voA59ffr2sEQoElRUWosbFoURE0bii2hB12Fj3uCQccKI6EE95bjPhIOOMTxQUvOPh/mw697dJTnykOvt9APQfqaTqfWHezwmhXGWmdKc5+"
    "vR3BTGx0x6Y367sZzNX0lvcCBzZZmM5N6KZ013/0+zDtmvb757AR4WD217mtiC3L5g6EbMJxjM5yl7l2vgetv+OOZUhuE60yWnmtvFb+TLmsmN"
    "eiolnWQumIpdLRXvOs/BnnObBUIWIlWSqp82iyuslyk3GxktywZzioJWiZeqijIxG4tC8Mx1yFitQ5vxzVjK8SJfMcS5W6ENdc6mX9euYqdTH4"
    "t/XM7+qrrk5ygQW9/m/xEjdf4Urq2KV+rvpflIuq5U09p/I555Zyqn4/Ef8Aa54+og==";

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

TEST(HistogramCodec, WritesWhatAnIndependentDecoderReads) {
  const auto shown = decode_compressed(kShownToJavaScript);
  ASSERT_TRUE(shown) << shown.error();
  EXPECT_EQ(encode_v2(exchanged_histogram()), encode_v2(*shown)) << "show it to an independent decoder again";
  // What that said of it.
  EXPECT_EQ(shown->percentile(50), 1'847'295);
  EXPECT_EQ(shown->percentile(90), 5'685'247);
  EXPECT_EQ(shown->percentile(99), 6'901'759);
  EXPECT_EQ(shown->percentile(99.9), 7'028'735);
  EXPECT_EQ(shown->max(), 3'000'034'656'255);
  EXPECT_EQ(shown->count(), 1024);
  EXPECT_NEAR(shown->mean(), 2931026171.171875, 1e-3);
}

TEST(HistogramCodec, ReadsWhatAnIndependentEncoderWrote) {
  const auto written = decode_compressed(kWrittenByJavaScript);
  ASSERT_TRUE(written) << written.error();
  EXPECT_EQ(*written, exchanged_histogram());
}

TEST(HistogramCodec, ReadsCountsInOrderOfValueWhateverTheWriterHadInMemory) {
  const Histogram histogram = exchanged_histogram();
  std::string bytes = encode_v2(histogram);
  bytes[11] = 5;  // the normalizing index offset
  const auto decoded = decode_v2(bytes);
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(*decoded, histogram);
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
