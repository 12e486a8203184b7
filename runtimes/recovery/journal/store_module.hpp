// Databases stand in modules beside the program: each costs milliseconds and megabytes in whatever process has it
// (RocksDB 6 ms and 8 MB), and a subject that journals elsewhere, or nowhere, is not to pay for them.
#pragma once

#include <string_view>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/journal/key_value_store.hpp"

namespace gauntlet::recovery {

/// Loads the module of a backend, "leveldb" or "rocksdb"; it stays loaded. The error names the file that is missing.
JournalResult<StoreOpener> load_store(std::string_view backend);

}  // namespace gauntlet::recovery

/// What a module exports. Fills in `opened`.
extern "C" __attribute__((visibility("default"))) void gauntlet_open_store(const char* path,
                                                                           gauntlet::recovery::OpenedStore* opened);
