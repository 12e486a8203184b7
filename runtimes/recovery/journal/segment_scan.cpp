#include "runtimes/recovery/journal/segment_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "runtimes/recovery/journal/journal_lock.hpp"

namespace gauntlet::recovery {

namespace {

using Kind = JournalError::Kind;

std::unexpected<JournalError> damaged(std::string text) {
  return std::unexpected(JournalError{.kind = Kind::corrupt, .code = {}, .text = std::move(text)});
}

struct Segment {
  std::string file;  ///< with its folder
  SegmentHeader header;
  std::vector<std::byte> bytes;
};

class Scanner {
 public:
  Scanner(Checksum checksum, const RecordVisitor& visit) : checksum_(checksum), visit_(visit) {}

  /// `end_sequence`: where the next segment takes over; none for the last one.
  JournalResult<void> scan(const Segment& segment, std::optional<std::uint64_t> end_sequence) {
    std::size_t offset = segment_header_bytes;
    std::uint64_t expected = segment.header.first_sequence;
    std::uint64_t records = 0;
    while (!end_sequence || expected < *end_sequence) {
      const auto found = decode_record(rest_of(segment, offset), segment.header.epoch, checksum_);
      if (!found || found->record.sequence != expected) {
        if (end_sequence) return hole(segment, offset, expected, "the next segment begins later");
        if (auto end = tail(segment, offset, expected); !end) return end;
        break;
      }
      if (!end_sequence) remember(*found);
      visit_(found->record);
      offset += found->bytes;
      ++expected;
      ++records;
    }
    found_.next_sequence = expected;
    found_.segments.push_back(
        {.header = segment.header, .file_bytes = segment.bytes.size(), .end = offset, .records = records});
    return {};
  }

  JournalScan take() { return std::move(found_); }

 private:
  static std::span<const std::byte> rest_of(const Segment& segment, std::size_t offset) {
    return std::span(segment.bytes).subspan(std::min(offset, segment.bytes.size()));
  }

  static std::unexpected<JournalError> hole(const Segment& segment, std::size_t offset, std::uint64_t expected,
                                            const std::string& proof) {
    return damaged(fmt::format(
        "{} is damaged at offset {}: record {} cannot be read, though it was durable once ({}); nothing was "
        "changed; {}",
        segment.file, offset, expected, proof, advice_on_damage));
  }

  JournalResult<void> tail(const Segment& segment, std::size_t offset, std::uint64_t expected) {
    for (std::size_t at = offset; at + record_header_bytes <= segment.bytes.size(); at += record_alignment) {
      const auto later = decode_record(rest_of(segment, at), segment.header.epoch, checksum_);
      if (!later) continue;
      if (later->batch_first > expected) {
        return hole(segment, offset, expected,
                    fmt::format("record {} of a later batch stands at offset {}", later->record.sequence, at));
      }
      found_.torn = TornTail{.segment = segment.header.number, .offset = offset};
    }
    if (begins_record(rest_of(segment, offset), segment.header.epoch)) {
      found_.torn = TornTail{.segment = segment.header.number, .offset = offset};
    }
    return {};
  }

  void remember(const DecodedRecord& found) {
    auto& batch = found_.last_batch;
    if (!batch.empty() && batch.front().sequence != found.batch_first) batch.clear();
    batch.push_back({found.record.sequence, found.record.type, std::string(found.record.payload)});
  }

  const Checksum checksum_;
  const RecordVisitor& visit_;
  JournalScan found_;
};

JournalResult<Segment> read_segment(Storage& storage, const std::string& name) {
  Segment segment{.file = storage.location() + "/" + name, .header = {}, .bytes = {}};
  const auto file = storage.open(name, OpenFor::reading);
  if (!file) return std::unexpected(storage_error(storage, "open " + name, file.error()));
  auto bytes = read_all(**file);
  if (!bytes) return std::unexpected(storage_error(storage, "read " + name, bytes.error()));
  segment.bytes = std::move(*bytes);
  const auto header = decode_segment_header(segment.bytes, segment.file);
  if (!header) return std::unexpected(header.error());
  segment.header = *header;
  if (header->number != segment_number(name)) {
    return damaged(
        fmt::format("{} says that it is segment {} (offset 0), so it was renamed or overwritten; nothing was "
                    "changed; {}",
                    segment.file, header->number, advice_on_damage));
  }
  return segment;
}

JournalResult<std::vector<std::string>> segment_names(Storage& storage) {
  auto names = storage.list();
  if (!names) return std::unexpected(storage_error(storage, "list", names.error()));
  if (std::ranges::find(*names, "CURRENT") != names->end()) {
    return std::unexpected(JournalError{
        .kind = Kind::other_backend,
        .code = {},
        .text = fmt::format("{} holds a database of LevelDB or RocksDB, not a journal of segments; set journal_backend "
                            "to what wrote it, or journal_path to another folder",
                            storage.location())});
  }
  std::erase_if(*names, [](const std::string& name) { return segment_number(name) == 0; });
  std::ranges::sort(*names);
  return std::move(*names);
}

}  // namespace

std::string_view advice_on(std::error_code code) {
  if (code == std::errc::no_space_on_device || code.value() == EDQUOT) return "make space there";
  if (code == std::errc::read_only_file_system) return "mount it for writing, or set journal_path to another folder";
  if (code == std::errc::permission_denied)
    return "give this user the right to it, or set journal_path to another folder";
  if (code == std::errc::too_many_files_open) return "raise the limit of open files (ulimit -n)";
  return "see to its disk, or set journal_path to another folder";
}

JournalError storage_error(const Storage& storage, std::string_view doing, std::error_code code) {
  return {.kind = Kind::storage,
          .code = code,
          .text = fmt::format("the journal in {} cannot be used: {} failed: {}; {}", storage.location(), doing,
                              code.message(), advice_on(code))};
}

JournalResult<JournalScan> scan_journal(Storage& storage, Checksum checksum, const RecordVisitor& visit) {
  const auto names = segment_names(storage);
  if (!names) return std::unexpected(names.error());
  Scanner scanner(checksum, visit);
  std::optional<Segment> before;
  for (const std::string& name : *names) {
    auto segment = read_segment(storage, name);
    if (!segment) return std::unexpected(segment.error());
    if (before) {
      if (auto scanned = scanner.scan(*before, segment->header.first_sequence); !scanned) {
        return std::unexpected(scanned.error());
      }
    }
    before = std::move(*segment);
  }
  if (before) {
    if (auto scanned = scanner.scan(*before, std::nullopt); !scanned) return std::unexpected(scanned.error());
  }
  return scanner.take();
}

}  // namespace gauntlet::recovery
