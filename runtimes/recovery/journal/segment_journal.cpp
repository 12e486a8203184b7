#include "runtimes/recovery/journal/segment_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <random>
#include <utility>

#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/recovery/journal/journal_lock.hpp"

namespace gauntlet::recovery {

namespace {

constexpr const char* unfinished_name = "unfinished";
constexpr const char* spare_name = "spare";

}  // namespace

std::uint64_t random_epoch() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

SegmentJournal::SegmentJournal(std::unique_ptr<Storage> storage, std::unique_ptr<StorageLock> lock,
                               SegmentOptions options)
    : storage_(std::move(storage)), lock_(std::move(lock)), options_(std::move(options)) {
  assert(options_.segment_bytes > segment_header_bytes + record_header_bytes && options_.step_bytes > 0);
}

JournalError SegmentJournal::failed(std::string_view doing, std::error_code code) const {
  return storage_error(*storage_, doing, code);
}

JournalResult<std::unique_ptr<SegmentJournal>> SegmentJournal::open(std::unique_ptr<Storage> storage,
                                                                    SegmentOptions options, const RecordVisitor& visit,
                                                                    const RecordsCheck& check) {
  auto lock = lock_journal(*storage);
  if (!lock) return std::unexpected(lock.error());
  failpoint(Failpoint::journal_open);
  auto found = scan_journal(*storage, options.checksum, visit);
  if (!found) return std::unexpected(found.error());
  if (check) {
    if (auto accepted = check(*storage); !accepted) return std::unexpected(accepted.error());
  }
  failpoint(Failpoint::journal_scanned);
  std::unique_ptr<SegmentJournal> journal(new SegmentJournal(std::move(storage), std::move(*lock), std::move(options)));
  if (auto begun = journal->begin(std::move(*found)); !begun) return std::unexpected(begun.error());
  return journal;
}

JournalResult<void> SegmentJournal::begin(JournalScan found) {
  for (const SegmentFacts& segment : found.segments) {
    kept_.push_back({segment.header.number, segment.header.first_sequence});
    last_number_ = segment.header.number;
  }
  look_for_spare();
  next_sequence_ = found.last_batch.empty() ? found.next_sequence : found.last_batch.front().sequence;
  std::vector<Record> carried;
  for (const OwnedRecord& record : found.last_batch) carried.push_back({record.sequence, record.type, record.payload});
  return rotate(carried);
}

void SegmentJournal::look_for_spare() {
  const auto file = storage_->open(spare_name, OpenFor::writing);
  if (!file) return;
  const Result<std::uint64_t> size = (*file)->size();
  has_spare_ = size && *size == options_.segment_bytes;
}

/// Fills the buffer with as many records as there is room for, as one batch, and tells how many.
std::size_t SegmentJournal::encode(std::span<Record> records, std::uint64_t room) {
  std::size_t count = 0;
  const std::uint64_t first = next_sequence_;
  const std::size_t start = buffer_.size();
  for (Record& record : records) {
    if (buffer_.size() - start + record_bytes(record.payload.size()) > room) break;
    record.sequence = first + count++;
    encode_record(record, epoch_, first, options_.checksum, buffer_);
  }
  return count;
}

JournalResult<void> SegmentJournal::append(std::span<Record> records) {
  const std::uint64_t room_max = options_.segment_bytes - segment_header_bytes;
  for (const Record& record : records) {
    if (record_bytes(record.payload.size()) <= room_max) continue;
    return std::unexpected(
        JournalError{.kind = JournalError::Kind::too_large,
                     .code = {},
                     .text = fmt::format("a record of {} bytes does not fit into a segment of {}; make segments larger",
                                         record.payload.size(), options_.segment_bytes)});
  }
  while (!records.empty()) {
    if (!active_) {
      if (auto rotated = rotate({}); !rotated) return rotated;
    }
    buffer_.clear();
    const std::size_t count = encode(records, room());
    if (count == 0) {
      active_.reset();
      continue;
    }
    if (auto written = write_batch(count); !written) return written;
    records = records.subspan(count);
  }
  return {};
}

JournalResult<void> SegmentJournal::write_batch(std::size_t records) {
  failpoint(Failpoint::segment_write);
  Result<void> done = write_all(*active_, std::as_bytes(std::span(buffer_)), offset_);
  failpoint(Failpoint::segment_written);
  const bool written = done.has_value();
  if (written) done = active_->sync_data();
  if (!done) {
    active_.reset();
    return std::unexpected(failed(written ? "synchronising a segment" : "writing to a segment", done.error()));
  }
  failpoint(Failpoint::segment_synced);
  ++syncs_;
  offset_ += buffer_.size();
  next_sequence_ += records;
  return {};
}

/// Begins the segment that takes over at next_sequence_, with `carried` as its first batch.
JournalResult<void> SegmentJournal::rotate(std::span<Record> carried) {
  active_.reset();
  // A number is never used twice: a segment whose renaming failed may turn up again after a crash.
  const SegmentHeader header{.number = ++last_number_,
                             .first_sequence = next_sequence_,
                             .epoch = options_.new_epoch(),
                             .backend = options_.backend};
  auto file = take_spare();
  if (!file) return std::unexpected(failed("making a segment", file.error()));
  epoch_ = header.epoch;
  buffer_ = encode_segment_header(header);
  const std::size_t count = encode(carried, options_.segment_bytes - segment_header_bytes);
  if (count < carried.size()) {
    return std::unexpected(JournalError{
        .kind = JournalError::Kind::too_large,
        .code = {},
        .text =
            fmt::format("the journal in {} was written with larger segments than {} bytes; make them as large again",
                        storage_->location(), options_.segment_bytes)});
  }
  // From here on it may turn up again, whatever this returns, and has to be let go in its turn.
  kept_.push_back({header.number, header.first_sequence});
  failpoint(Failpoint::segment_begin);
  Result<void> done = write_all(**file, std::as_bytes(std::span(buffer_)), 0);
  if (done) done = (*file)->sync_data();
  if (done) done = storage_->rename(spare_name, segment_name(header.number));
  failpoint(Failpoint::segment_renamed);
  if (done) done = storage_->sync_directory();
  if (!done) return std::unexpected(failed("beginning a segment", done.error()));
  failpoint(Failpoint::segment_begun);
  ++syncs_;
  next_sequence_ += count;
  offset_ = buffer_.size();
  active_ = std::move(*file);
  begun_number_ = header.number;
  gives_up_ahead_ = false;
  return {};
}

/// The spare: a file of full size whose bytes have all been written.
Result<std::unique_ptr<StorageFile>> SegmentJournal::take_spare() {
  while (!has_spare_) {
    if (Result<void> step = prepare_step(); !step) return std::unexpected(step.error());
  }
  has_spare_ = false;
  return storage_->open(spare_name, OpenFor::writing);
}

Result<void> SegmentJournal::start_preparing() {
  if (Result<void> removed = storage_->remove(unfinished_name);
      !removed && removed.error() != std::errc::no_such_file_or_directory) {
    return removed;
  }
  auto file = storage_->open(unfinished_name, OpenFor::creating);
  if (!file) return std::unexpected(file.error());
  if (Result<void> allocated = (*file)->allocate(options_.segment_bytes); !allocated) return allocated;
  preparation_ = {.file = std::move(*file), .filled = 0};
  return {};
}

/// One step towards a spare. After a failure the file is given up and its space freed, so that the next try begins
/// anew.
Result<void> SegmentJournal::prepare_step() {
  Result<void> done;
  failpoint(Failpoint::segment_prepare);
  if (!preparation_.file) done = start_preparing();
  if (done && preparation_.filled < options_.segment_bytes) {
    const std::uint64_t bytes = std::min(options_.step_bytes, options_.segment_bytes - preparation_.filled);
    const std::vector<std::byte> zeros(bytes);
    done = write_all(*preparation_.file, zeros, preparation_.filled);
    if (done) done = preparation_.file->sync_data();
    preparation_.filled += bytes;
  }
  const bool complete = done && preparation_.filled == options_.segment_bytes;
  if (complete) failpoint(Failpoint::segment_prepared);
  // Not synchronised: losing the name costs no more than making another one.
  if (complete) done = storage_->rename(unfinished_name, spare_name);
  has_spare_ = complete && done;
  if (!done) static_cast<void>(storage_->remove(unfinished_name));
  if (complete || !done) preparation_ = {};
  return done;
}

bool SegmentJournal::work_ahead() {
  if (has_spare_ || gives_up_ahead_) return false;
  gives_up_ahead_ = !prepare_step();
  return !gives_up_ahead_ && !has_spare_;
}

JournalResult<void> SegmentJournal::trim(std::uint64_t first_kept) {
  // Oldest first, each made durable before the next: a hole among the segments would look like damage.
  for (;;) {
    if (removal_unsynced_) {
      if (Result<void> synced = storage_->sync_directory(); !synced) {
        return std::unexpected(failed("letting a segment go", synced.error()));
      }
      removal_unsynced_ = false;
    }
    const bool is_last = kept_.size() < 2 || kept_.front().number == begun_number_;
    if (is_last || kept_[1].first_sequence > first_kept) return {};
    if (auto removed = remove_oldest(); !removed) return removed;
  }
}

/// Keeps it for reuse if there is nothing else to use.
JournalResult<void> SegmentJournal::remove_oldest() {
  const std::string name = segment_name(kept_.front().number);
  const bool reuse = !has_spare_;
  failpoint(Failpoint::segment_remove);
  Result<void> done = reuse ? storage_->rename(name, spare_name) : storage_->remove(name);
  // One whose making failed at the last step may never have been there.
  const bool absent = !done && done.error() == std::errc::no_such_file_or_directory;
  if (!done && !absent) return std::unexpected(failed("letting " + name + " go", done.error()));
  kept_.pop_front();
  removal_unsynced_ = true;
  failpoint(Failpoint::segment_removed);
  if (Result<void> synced = storage_->sync_directory(); !synced) {
    return std::unexpected(failed("letting " + name + " go", synced.error()));
  }
  removal_unsynced_ = false;
  // Not before: under its old name it must keep what it held.
  has_spare_ = has_spare_ || (reuse && !absent);
  return {};
}

JournalFigures SegmentJournal::figures() const {
  return {.first_sequence = kept_.empty() ? next_sequence_ : kept_.front().first_sequence,
          .next_sequence = next_sequence_,
          .active_sequence = kept_.empty() ? next_sequence_ : kept_.back().first_sequence,
          .bytes = kept_.size() * options_.segment_bytes,
          .syncs = syncs_};
}

}  // namespace gauntlet::recovery
