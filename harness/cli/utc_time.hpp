// The time of day, for files and their names.
#pragma once

#include <string>

namespace gauntlet {

/// "2026-01-31T12:00:00Z"
std::string utc_time();
/// "20260131T120000Z", for names of folders.
std::string utc_stamp();

}  // namespace gauntlet
