// Reading a journal of segments, and telling an unfinished write from damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtimes/recovery/journal/record.hpp"
#include "runtimes/recovery/journal/segment_header.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

/// One segment as it was found.
struct SegmentFacts {
  SegmentHeader header;
  std::uint64_t file_bytes = 0;
  std::uint64_t end = 0;  ///< where its records end
  std::uint64_t records = 0;
};

/// What a crash left behind the last whole record: never acknowledged, so it is cut.
struct TornTail {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
};

struct JournalScan {
  std::vector<SegmentFacts> segments;  ///< oldest first
  std::uint64_t next_sequence = 1;
  /// The records of the last batch. That they can be read does not prove that they are on the disk: the page cache may
  /// hold what a failed synchronisation lost.
  std::vector<OwnedRecord> last_batch;
  std::optional<TornTail> torn;
};

/// Gives every record to `visit`, in order; those that were given before an error must be forgotten. Changes nothing.
///
/// A record that cannot be read is the end of the journal when nothing proves that it was ever durable: it is in the
/// last segment, and no record behind it belongs to a later batch, since a batch is written only once the one before is
/// durable. Anything else is damage, and refused with segment and offset.
JournalResult<JournalScan> scan_journal(Storage& storage, Checksum checksum, const RecordVisitor& visit);

/// What a user may do about such an error of a call.
std::string_view advice_on(std::error_code code);
JournalError storage_error(const Storage& storage, std::string_view doing, std::error_code code);

}  // namespace gauntlet::recovery
