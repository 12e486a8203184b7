#include "fault-injection/storage/planted_reader.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "runtimes/recovery/journal/record.hpp"
#include "runtimes/recovery/journal/segment_header.hpp"

namespace gauntlet {

namespace {

using namespace recovery;

struct Segment {
  SegmentHeader header;
  std::vector<std::byte> bytes;
};

JournalResult<std::vector<Segment>> segments_of(Storage& storage) {
  const auto refuse = [](std::error_code code) {
    return std::unexpected(JournalError{.kind = JournalError::Kind::storage, .code = code, .text = code.message()});
  };
  auto names = storage.list();
  if (!names) return refuse(names.error());
  std::ranges::sort(*names);
  std::vector<Segment> segments;
  for (const std::string& name : *names) {
    if (segment_number(name) == 0) continue;
    const auto file = storage.open(name, OpenFor::reading);
    if (!file) return refuse(file.error());
    auto bytes = read_all(**file);
    if (!bytes) return refuse(bytes.error());
    const auto header = decode_segment_header(*bytes, name);
    if (!header) return std::unexpected(header.error());
    segments.push_back({.header = *header, .bytes = std::move(*bytes)});
  }
  return segments;
}

/// The next offset from `offset` on at which a record of the segment stands, whichever it is.
std::size_t next_record(const Segment& segment, std::size_t offset) {
  const std::span<const std::byte> bytes(segment.bytes);
  while (offset < bytes.size() && !decode_record(bytes.subspan(offset), segment.header.epoch, &crc32c)) {
    offset += record_alignment;
  }
  return std::min(offset, bytes.size());
}

/// False: reading ends here for good.
bool read_one(PlantedBug bug, const Segment& segment, std::optional<std::uint64_t> end, const RecordVisitor& visit) {
  const std::span<const std::byte> bytes(segment.bytes);
  std::uint64_t expected = segment.header.first_sequence;
  for (std::size_t offset = segment_header_bytes; !end || expected < *end;) {
    if (bug == PlantedBug::gap_accepted) offset = next_record(segment, offset);
    const auto found = decode_record(bytes.subspan(offset), segment.header.epoch, &crc32c);
    const bool in_sequence = found && (found->record.sequence == expected || bug == PlantedBug::gap_accepted);
    if (!in_sequence || (end && found->record.sequence >= *end)) return bug != PlantedBug::damage_cut || !end;
    visit(found->record);
    expected = found->record.sequence + 1;
    offset += found->bytes;
  }
  return true;
}

}  // namespace

bool is_of_reading(PlantedBug bug) {
  return bug == PlantedBug::gap_accepted || bug == PlantedBug::damage_cut ||
         bug == PlantedBug::superseded_tail_replayed;
}

JournalResult<void> read_planted(PlantedBug bug, Storage& storage, const RecordVisitor& visit) {
  const auto segments = segments_of(storage);
  if (!segments) return std::unexpected(segments.error());
  for (std::size_t i = 0; i < segments->size(); ++i) {
    std::optional<std::uint64_t> end;
    if (i + 1 < segments->size() && bug != PlantedBug::superseded_tail_replayed) {
      end = (*segments)[i + 1].header.first_sequence;
    }
    if (!read_one(bug, (*segments)[i], end, visit)) break;
  }
  return {};
}

}  // namespace gauntlet
