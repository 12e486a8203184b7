// A journal in a database, one key for each record.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/journal/key_value_store.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

/// A batch is one durable write of the database. Of a write that failed nobody knows what it left behind, and what a
/// database appends to a log that it could not write may be unreadable later (LevelDB): so the database is closed, and
/// the next append opens it again, holds what is there against what was acknowledged, and takes out what was not.
///
/// Where its promise differs from that of segments: how much of a damaged or torn log is recognised as such is the
/// database's own affair, see format.md.
class DatabaseJournal final : public Journal {
 public:
  /// `storage` is the folder, whose lock is taken before the database is opened. Every record that is there goes to
  /// `visit`, in order; those given before an error must be forgotten. `backend`: how errors call it.
  static JournalResult<std::unique_ptr<DatabaseJournal>> open(std::unique_ptr<Storage> storage, std::string backend,
                                                              StoreOpener opener, const RecordVisitor& visit,
                                                              const RecordsCheck& check = {});

  JournalResult<void> append(std::span<Record> records) override;
  /// Removes many at once or none. The last record always stays, since the sequence goes on from it.
  JournalResult<void> trim(std::uint64_t first_kept) override;
  bool work_ahead() override { return false; }
  JournalFigures figures() const override;

 private:
  DatabaseJournal(std::unique_ptr<Storage> storage, std::unique_ptr<StorageLock> lock, std::string backend,
                  StoreOpener opener);
  JournalResult<void> load(const RecordVisitor& visit, const RecordsCheck& check);
  JournalResult<void> check_format(bool known, std::string_view format);
  JournalResult<void> open_again();
  JournalResult<void> remove(std::uint64_t first, std::uint64_t end, bool durable);
  JournalResult<void> write(bool durable);
  JournalError failed(const StoreError& error) const;
  JournalError damaged(std::string what) const;

  const std::unique_ptr<Storage> storage_;
  const std::unique_ptr<StorageLock> lock_;
  const std::string backend_;
  const StoreOpener opener_;
  std::unique_ptr<KeyValueStore> store_;  ///< null after a failure
  std::uint64_t first_sequence_ = 1;
  std::uint64_t next_sequence_ = 1;
  std::deque<std::uint32_t> sizes_;  ///< of the records that are kept
  std::uint64_t bytes_ = 0;          ///< their sum
  std::uint64_t syncs_ = 0;
  // Of the write that is being made.
  std::string keys_;
  std::string values_;
  std::vector<KeyValueStore::Change> changes_;
};

}  // namespace gauntlet::recovery
