// The default backend: preallocated files that are only ever appended to.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/journal/record.hpp"
#include "runtimes/recovery/journal/segment_header.hpp"
#include "runtimes/recovery/journal/segment_scan.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

std::uint64_t random_epoch();

struct SegmentOptions {
  std::uint64_t segment_bytes = 16 * 1024 * 1024;
  /// Written ahead at once when there is time; a request that comes meanwhile waits for one such step.
  std::uint64_t step_bytes = 1024 * 1024;
  std::string_view backend = segment_backend;  ///< or mmap_backend, with a storage that maps its files
  // Other than these only where a test needs repeatable bytes, or a fault.
  Checksum checksum = &crc32c;
  std::function<std::uint64_t()> new_epoch = &random_epoch;
};

/// A batch is one write and one fdatasync, in place, in a file whose space is allocated and whose every byte has been
/// written before, so that no metadata changes. A failed write or synchronisation poisons the segment: nothing is ever
/// written to it again, and the next append begins a new one, whose header ends the old one before the failed batch.
/// After a crash, too, a new segment goes on; the last batch, of which nobody knows whether it reached the disk, is
/// written once more into it. Segments become visible by renaming, once what they begin with is durable. Trimming keeps
/// one file for reuse.
class SegmentJournal final : public Journal {
 public:
  /// Takes the storage's lock. Every record that is there goes to `visit`, in order; those given before an error must
  /// be forgotten. On an error nothing has been changed but what earlier crashes left half made.
  static JournalResult<std::unique_ptr<SegmentJournal>> open(std::unique_ptr<Storage> storage, SegmentOptions options,
                                                             const RecordVisitor& visit,
                                                             const RecordsCheck& check = {});

  JournalResult<void> append(std::span<Record> records) override;
  JournalResult<void> trim(std::uint64_t first_kept) override;
  bool work_ahead() override;
  JournalFigures figures() const override;

 private:
  struct Kept {
    std::uint64_t number;
    std::uint64_t first_sequence;
  };
  /// A file that is being filled with zeros.
  struct Preparation {
    std::unique_ptr<StorageFile> file;
    std::uint64_t filled = 0;
  };

  SegmentJournal(std::unique_ptr<Storage> storage, std::unique_ptr<StorageLock> lock, SegmentOptions options);
  JournalResult<void> begin(JournalScan found);
  void look_for_spare();
  std::uint64_t room() const { return options_.segment_bytes - offset_; }
  std::size_t encode(std::span<Record> records, std::uint64_t room);
  JournalResult<void> write_batch(std::size_t records);
  JournalResult<void> rotate(std::span<Record> carried);
  Result<void> start_preparing();
  Result<void> prepare_step();
  Result<std::unique_ptr<StorageFile>> take_spare();
  JournalResult<void> remove_oldest();
  JournalError failed(std::string_view doing, std::error_code code) const;

  const std::unique_ptr<Storage> storage_;
  const std::unique_ptr<StorageLock> lock_;
  const SegmentOptions options_;
  std::deque<Kept> kept_;  ///< oldest first; the last one is the active one, if any is
  std::unique_ptr<StorageFile> active_;
  std::uint64_t offset_ = 0;
  std::uint64_t epoch_ = 0;
  std::uint64_t last_number_ = 0;   ///< of the last segment that was tried to begin
  std::uint64_t begun_number_ = 0;  ///< of the last one that was; it stays, so that sequences go on from it
  std::uint64_t next_sequence_ = 1;
  std::uint64_t syncs_ = 0;
  std::string buffer_;
  Preparation preparation_;
  bool has_spare_ = false;
  bool gives_up_ahead_ = false;    ///< work ahead has failed; rotating will say why
  bool removal_unsynced_ = false;  ///< of the oldest segment
};

}  // namespace gauntlet::recovery
