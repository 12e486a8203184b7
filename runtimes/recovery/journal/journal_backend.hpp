// Which backends there are, which one wrote a journal, and opening it with that one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtimes/recovery/journal/journal.hpp"

namespace gauntlet::recovery {

/// segment, mmap, leveldb, rocksdb: what `journal_backend` may be.
std::span<const std::string_view> journal_backends();

struct JournalPlace {
  std::filesystem::path path;  ///< made if it is not there
  std::string backend;
  std::uint64_t segment_bytes = 16 * 1024 * 1024;  ///< of segment and mmap
};

/// What wrote the journal in this folder, by what lies there; empty: there is none. Changes nothing and takes no lock.
JournalResult<std::string> backend_of(const std::filesystem::path& folder);

/// The folder of a journal that is there, for what lies beside it.
JournalResult<std::unique_ptr<Storage>> folder_of_journal(const std::filesystem::path& path);

/// Takes the journal's lock. Every record that is there goes to `visit`, in order; those given before an error must be
/// forgotten. A journal of another backend is refused, and not touched.
JournalResult<std::unique_ptr<Journal>> open_journal(const JournalPlace& place, const RecordVisitor& visit,
                                                     const RecordsCheck& check = {});

}  // namespace gauntlet::recovery
