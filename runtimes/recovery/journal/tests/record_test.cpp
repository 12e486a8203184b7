#include "runtimes/recovery/journal/record.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>

namespace gauntlet::recovery {
namespace {

constexpr std::uint64_t epoch = 0x1122334455667788;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string encoded(const Record& record, std::uint64_t batch_first) {
  std::string bytes;
  encode_record(record, epoch, batch_first, &crc32c, bytes);
  return bytes;
}

TEST(Crc32cTest, IsThatOfRfc3720) {
  EXPECT_EQ(crc32c(bytes_of(std::string(32, '\0'))), 0x8a9136aaU);
  EXPECT_EQ(crc32c(bytes_of(std::string(32, '\xff'))), 0x62a8ab43U);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32cTest, IsTheSameByInstructionAndByTable) {
  std::mt19937_64 random(7);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(crc32c(bytes_of(bytes)), crc32c_by_table(bytes_of(bytes)));
  }
}

TEST(RecordTest, ComesBackAsItWas) {
  for (const std::size_t size : std::array<std::size_t, 5>{0, 1, 7, 8, 1000}) {
    const std::string payload(size, 'p');
    const std::string bytes = encoded({.sequence = 9, .type = 3, .payload = payload}, 7);
    const auto found = decode_record(bytes_of(bytes), epoch, &crc32c);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->record.sequence, 9U);
    EXPECT_EQ(found->record.type, 3);
    EXPECT_EQ(found->record.payload, payload);
    EXPECT_EQ(found->batch_first, 7U);
    EXPECT_EQ(found->bytes, bytes.size());
    EXPECT_EQ(bytes.size() % record_alignment, 0U);
  }
}

TEST(RecordTest, IsRefusedWithAnyBitFlipped) {
  const std::string payload = "a payload of odd length";
  const std::string good = encoded({.sequence = 1, .type = 1, .payload = payload}, 1);
  const std::size_t covered = record_header_bytes + payload.size();
  for (std::size_t bit = 0; bit < covered * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_record(bytes_of(bad), epoch, &crc32c).has_value()) << "bit " << bit;
  }
}

TEST(RecordTest, IsRefusedWhenCutOrOfAnotherEpoch) {
  const std::string good = encoded({.sequence = 1, .type = 1, .payload = "payload"}, 1);
  for (std::size_t size = 0; size < record_header_bytes + 7; ++size) {
    EXPECT_FALSE(decode_record(bytes_of(good).first(size), epoch, &crc32c).has_value()) << size;
  }
  EXPECT_FALSE(decode_record(bytes_of(good), epoch + 1, &crc32c).has_value());
}

TEST(RecordTest, IsNeverReadOutOfNoise) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string noise(random() % 96, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    // The epoch is right, so that the checks behind it are reached.
    if (noise.size() >= record_header_bytes) std::memcpy(noise.data() + 16, &epoch, sizeof epoch);
    EXPECT_FALSE(decode_record(bytes_of(noise), epoch, &crc32c).has_value());
  }
}

}  // namespace
}  // namespace gauntlet::recovery
