// The first bytes of a segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/recovery/journal/journal.hpp"

namespace gauntlet::recovery {

inline constexpr std::size_t segment_header_bytes = 512;
inline constexpr std::uint32_t journal_format_version = 1;
/// Both keep segments of this format, and differ in how they write them.
inline constexpr std::string_view segment_backend = "segment";
inline constexpr std::string_view mmap_backend = "mmap";

struct SegmentHeader {
  std::uint64_t number = 0;          ///< counts up from 1; numbers may be missing
  std::uint64_t first_sequence = 0;  ///< of its first record; ends whatever the segment before holds from there on
  /// Random, and in each of its records: what a reused file held before, and what a client put into a payload, is no
  /// record of this segment.
  std::uint64_t epoch = 0;
  std::string_view backend = segment_backend;  ///< or mmap_backend
};

/// segment_header_bytes of them.
std::string encode_segment_header(const SegmentHeader& header);

/// `file`: how an error names it.
JournalResult<SegmentHeader> decode_segment_header(std::span<const std::byte> bytes, std::string_view file);

std::string segment_name(std::uint64_t number);
/// 0: not the name of a segment.
std::uint64_t segment_number(std::string_view name);

}  // namespace gauntlet::recovery
