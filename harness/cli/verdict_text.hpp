// Figures and verdicts, for tables of a terminal and for exit codes.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/cli/exit_code.hpp"
#include "harness/stats/verdict.hpp"

namespace gauntlet {

/// "4.61", "8001", "-" where there is none.
std::string figure_text(const std::optional<double>& value);

/// In this order:
///   anything slower                              -> 1
///   anything unstable or invalid                 -> 3, or as `on_unstable` says
///   nothing but what was skipped, or nothing     -> 3: silence would pass for success
///   otherwise                                    -> 0
ExitCode exit_code_of(std::span<const VerdictWord> words, OnUnstable on_unstable = OnUnstable::not_measured);

}  // namespace gauntlet
