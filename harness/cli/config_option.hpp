// --config FILE of the commands that start a runtime.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "harness/plan/planner.hpp"

namespace gauntlet {

/// What a command line says of the runtime, and what of it the file decides.
struct ConfiguredRun {
  std::string file;                   ///< absolute; empty: there is none
  std::vector<std::string> runtimes;  ///< of the command line, else the file's backend
  std::map<std::string, std::string> params;
};

/// Reads the file, if `run` names one, and fills in what the command line leaves open: the runtime, and the parameters
/// of the scenario that the file has as well (worker_threads, dispatch, journal_backend, promise). The error is one
/// line.
std::expected<ConfiguredRun, std::string> apply_config(ConfiguredRun run, const std::string& scenario,
                                                       const Catalogue& catalogue);

}  // namespace gauntlet
