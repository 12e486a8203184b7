// What verdicts make of the exit code.
#pragma once

#include <span>

#include "harness/cli/exit_code.hpp"
#include "harness/stats/verdict.hpp"

namespace gauntlet {

/// In this order:
///   anything slower                              -> 1
///   anything unstable or invalid                 -> 3, or as `on_unstable` says
///   nothing but what was skipped, or nothing     -> 3: silence would pass for success
///   otherwise                                    -> 0
ExitCode exit_code_of(std::span<const VerdictWord> words, OnUnstable on_unstable = OnUnstable::not_measured);

}  // namespace gauntlet
