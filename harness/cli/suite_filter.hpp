// The part of a suite that the command line asks for.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/plan/planner.hpp"

namespace gauntlet {

/// Keeps the families of scenario `only` (empty: all) and in them the runtimes named (none: all), floors as they are.
/// An A/A pair whose runtime is left out goes to the first that is left. The error is one line.
std::expected<Suite, std::string> filter_suite(Suite suite, const std::string& only,
                                               const std::vector<std::string>& runtimes, const Catalogue& catalogue);

/// Gives every family whose scenario has the parameter worker_threads this value of it.
void set_workers(Suite& suite, unsigned workers, const Catalogue& catalogue);

}  // namespace gauntlet
