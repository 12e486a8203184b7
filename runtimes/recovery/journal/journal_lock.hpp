// What every backend says of the folder that it is kept in.
#pragma once

#include <memory>
#include <string_view>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

/// Ends the sentence that refuses a damaged journal.
inline constexpr std::string_view advice_on_damage =
    "see `gauntlet journal verify`, restore the journal from a copy, or move it away to begin a "
    "new one";

/// The error says who else may have it.
JournalResult<std::unique_ptr<StorageLock>> lock_journal(Storage& storage);

}  // namespace gauntlet::recovery
