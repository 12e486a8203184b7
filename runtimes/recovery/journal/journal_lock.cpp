#include "runtimes/recovery/journal/journal_lock.hpp"

#include <fmt/format.h>

#include "runtimes/recovery/journal/segment_scan.hpp"

namespace gauntlet::recovery {

JournalResult<std::unique_ptr<StorageLock>> lock_journal(Storage& storage) {
  auto lock = storage.lock();
  if (lock) return std::move(*lock);
  if (lock.error() != std::errc::operation_would_block) {
    return std::unexpected(storage_error(storage, "locking", lock.error()));
  }
  return std::unexpected(JournalError{
      .kind = JournalError::Kind::locked,
      .code = lock.error(),
      .text = fmt::format("the journal in {} is in use by another process; stop it, or set journal_path to another "
                          "folder",
                          storage.location())});
}

}  // namespace gauntlet::recovery
