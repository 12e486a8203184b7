// A journal of segments, read as a program with a bug would read it.
#pragma once

#include "fault-injection/storage/planted_bug.hpp"
#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet {

/// True of the bugs that are in reading.
bool is_of_reading(PlantedBug bug);

/// Gives to `visit` what such a program takes for the records.
recovery::JournalResult<void> read_planted(PlantedBug bug, recovery::Storage& storage,
                                           const recovery::RecordVisitor& visit);

}  // namespace gauntlet
