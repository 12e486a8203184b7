#include "runtimes/recovery/journal/segment_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "runtimes/recovery/journal/crc32c.hpp"

namespace gauntlet::recovery {

namespace {

using Kind = JournalError::Kind;

constexpr std::array<char, 8> magic = {'G', 'N', 'T', 'L', 'J', 'R', 'N', 'L'};
constexpr std::string_view suffix = ".segment";
constexpr std::size_t digits = 12;
constexpr std::array segment_backends = {segment_backend, mmap_backend};

struct Layout {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t reserved;
  std::array<char, 16> backend;  ///< padded with zeros
  std::uint64_t number;
  std::uint64_t first_sequence;
  std::uint64_t epoch;
  std::uint32_t checksum;  ///< of all before it
};

std::uint32_t checksum_of(const Layout& layout) {
  return crc32c(std::as_bytes(std::span(&layout, 1)).first(offsetof(Layout, checksum)));
}

std::unexpected<JournalError> refuse(JournalError::Kind kind, std::string text) {
  return std::unexpected(JournalError{.kind = kind, .code = {}, .text = std::move(text)});
}

}  // namespace

std::string encode_segment_header(const SegmentHeader& header) {
  Layout layout{.magic = magic,
                .version = journal_format_version,
                .reserved = 0,
                .backend = {},
                .number = header.number,
                .first_sequence = header.first_sequence,
                .epoch = header.epoch,
                .checksum = 0};
  std::ranges::copy(header.backend, layout.backend.begin());
  layout.checksum = checksum_of(layout);
  std::string bytes(segment_header_bytes, '\0');
  std::memcpy(bytes.data(), &layout, sizeof layout);
  return bytes;
}

JournalResult<SegmentHeader> decode_segment_header(std::span<const std::byte> bytes, std::string_view file) {
  Layout layout{};
  if (bytes.size() < segment_header_bytes) {
    return refuse(Kind::corrupt, fmt::format("{} is only {} bytes long, too short for the header of a segment; restore "
                                             "the journal from a copy, or move it away to begin a new one",
                                             file, bytes.size()));
  }
  std::memcpy(&layout, bytes.data(), sizeof layout);
  if (layout.magic != magic) {
    return refuse(Kind::corrupt, fmt::format("{} does not begin like a segment (offset 0); restore the journal from a "
                                             "copy, or move it away to begin a new one",
                                             file));
  }
  if (layout.version != journal_format_version) {
    return refuse(
        Kind::newer_version,
        fmt::format(
            "{} says at offset 8 that it is of format version {}, this program reads version {}; use the program that "
            "wrote it",
            file, layout.version, journal_format_version));
  }
  if (layout.checksum != checksum_of(layout)) {
    return refuse(Kind::corrupt, fmt::format("{} has a damaged header (offset 0); restore the journal from a copy, or "
                                             "move it away to begin a new one",
                                             file));
  }
  const std::string_view backend(layout.backend.data(), ::strnlen(layout.backend.data(), layout.backend.size()));
  const auto known = std::ranges::find(segment_backends, backend);
  if (known == segment_backends.end()) {
    return refuse(Kind::other_backend, fmt::format("{} was written by the backend '{}', which this program does not "
                                                   "have; use the program that wrote it",
                                                   file, backend));
  }
  return SegmentHeader{
      .number = layout.number, .first_sequence = layout.first_sequence, .epoch = layout.epoch, .backend = *known};
}

std::string segment_name(std::uint64_t number) { return fmt::format("{:0{}}{}", number, digits, suffix); }

std::uint64_t segment_number(std::string_view name) {
  if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) return 0;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + digits, number);
  return error == std::errc() && end == name.data() + digits ? number : 0;
}

}  // namespace gauntlet::recovery
