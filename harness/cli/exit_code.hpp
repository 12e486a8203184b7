// What the program's exit code says.
#pragma once

#include <set>
#include <span>
#include <string>

#include "harness/store/run_record.hpp"

namespace gauntlet {

enum ExitCode : int {
  kEveryMustHeld = 0,
  kMustBroken = 1,
  kUsage = 2,
  kNotMeasured = 3,
  kInterrupted = 130,
};

/// In this order:
///   a contender or floor broke a must, a negative control broke none, or a run of `required` was skipped -> 1
///   a run failed otherwise, or is invalid                                                              -> 3
///   otherwise                                                                                           -> 0
ExitCode exit_code_of(std::span<const RunRecord> records, const std::set<std::string>& required);

inline constexpr const char* kExitCodeHelp =
    "Exit codes: 0 every must held (what was skipped with a reason counts as held, unless --require names it),\n"
    "1 a must broke, 2 usage, 3 something could not be measured, 130 interrupted (finished runs are kept).\n";

}  // namespace gauntlet
