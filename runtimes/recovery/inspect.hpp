// Looking at a journal that no server has open, and changing the one thing in it that is a person's to change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "runtimes/recovery/journal/segment_scan.hpp"
#include "runtimes/recovery/request_ledger.hpp"

namespace gauntlet::recovery {

struct JournalPicture {
  std::string backend;  ///< that wrote it
  std::uint64_t records = 0;
  std::uint64_t first_sequence = 0;       ///< of the records; 0: there is none
  JournalScan scan;                       ///< of segments only
  std::unique_ptr<RequestLedger> ledger;  ///< its bodies in files are whole, and not held
};

/// Of segments it changes nothing and takes no lock: of a journal that is being written it shows what was there a
/// moment ago. A database needs the lock, and may tidy up its own files; no record is changed.
JournalResult<JournalPicture> read_journal(const std::filesystem::path& path);

/// Of a request of that journal, wherever it is kept.
JournalResult<std::string> body_of(const std::filesystem::path& path, const StoredRequest& request);

/// Takes a request out of the dead letter, so that the next start of its server replays it, with its attempts counted
/// from 0. False: no such dead letter. Needs the lock.
JournalResult<bool> revive(const std::filesystem::path& path, std::uint64_t id);

}  // namespace gauntlet::recovery
