// A durable, ordered log of small records: what every backend of the recovery layer offers.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace gauntlet::recovery {

class Storage;

/// Sequences count up from 1 without a hole.
struct Record {
  std::uint64_t sequence = 0;
  std::uint8_t type = 0;     ///< the writer's own, not 0
  std::string_view payload;  ///< lent for the call
  /// Lent for the call. Not empty: kept in a file of its own, which the record names. Only a ReferringJournal takes it;
  /// what it gives back has its reference as the end of the payload instead.
  std::string_view large_payload = {};
};
struct OwnedRecord {
  std::uint64_t sequence = 0;
  std::uint8_t type = 0;
  std::string payload;
};
using RecordVisitor = std::function<void(const Record&)>;

/// Why a journal cannot be opened, read or written. `text` is one sentence for its user: what, where, what to do.
struct JournalError {
  enum class Kind { corrupt, newer_version, other_backend, locked, storage, too_large };
  Kind kind = Kind::storage;
  std::error_code code;  ///< kind storage: what the system said
  std::string text;
};

template <typename T>
using JournalResult = std::expected<T, JournalError>;

/// Asked once all records of a journal that is being opened have been given, with the folder that it is kept in, and
/// before anything is changed there: its error is that of the opening.
using RecordsCheck = std::function<JournalResult<void>(Storage&)>;

struct JournalFigures {
  std::uint64_t first_sequence = 0;   ///< the oldest record that is still kept
  std::uint64_t next_sequence = 0;    ///< of the next record
  std::uint64_t active_sequence = 0;  ///< trimming up to here leaves as little as there can be
  std::uint64_t bytes = 0;            ///< that the kept records occupy, roughly
  std::uint64_t syncs = 0;            ///< of data, since it was opened
};

/// One thread at a time; every call blocks on storage. What was there already is given to a visitor when the journal is
/// opened.
class Journal {
 public:
  virtual ~Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Appends all, in this order, and gives them their sequences; when it returns they survive a loss of power. After a
  /// failure none is acknowledged, though a crash may leave the first of them: those up to next_sequence for good, the
  /// others until a later append has succeeded.
  virtual JournalResult<void> append(std::span<Record> records) = 0;

  /// Records before `first_kept` are not needed any more. They may be given back again at the next opening, from some
  /// record on.
  virtual JournalResult<void> trim(std::uint64_t first_kept) = 0;

  /// Does a bit of what append() would otherwise have to do later; called while nobody waits. False: nothing is left.
  virtual bool work_ahead() = 0;

  virtual JournalFigures figures() const = 0;

 protected:
  Journal() = default;
};

}  // namespace gauntlet::recovery
