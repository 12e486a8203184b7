// One record as bytes; format.md is the reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "runtimes/recovery/journal/crc32c.hpp"
#include "runtimes/recovery/journal/journal.hpp"

namespace gauntlet::recovery {

using Checksum = std::uint32_t (*)(std::span<const std::byte>) noexcept;

inline constexpr std::size_t record_header_bytes = 32;
inline constexpr std::size_t record_alignment = 8;

constexpr std::size_t record_bytes(std::size_t payload_bytes) {
  return (record_header_bytes + payload_bytes + record_alignment - 1) / record_alignment * record_alignment;
}

/// Appends the record to `out`. `batch_first`: the sequence of the first record that is made durable together with it.
void encode_record(const Record& record, std::uint64_t epoch, std::uint64_t batch_first, Checksum checksum,
                   std::string& out);

struct DecodedRecord {
  Record record;  ///< its payload points into the bytes
  std::uint64_t batch_first = 0;
  std::size_t bytes = 0;  ///< with its padding
};

/// The record that `bytes` begin with; none unless it is whole, carries the epoch of its segment and its checksum is
/// right. Any bytes may be given.
std::optional<DecodedRecord> decode_record(std::span<const std::byte> bytes, std::uint64_t epoch, Checksum checksum);

/// `bytes` look as if a record of that segment began here, whole or not.
bool begins_record(std::span<const std::byte> bytes, std::uint64_t epoch);

}  // namespace gauntlet::recovery
