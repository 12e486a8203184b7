// The plan of `gauntlet run`: one scenario, the named runtimes, no suite.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "harness/plan/planner.hpp"

namespace gauntlet {

struct RunRequest {
  std::string scenario;
  std::vector<std::string> runtimes;  ///< runtimes by name or alias, and references of the scenario
  std::map<std::string, std::string> params;
  int rounds = 1;
  bool smoke = false;
};

/// Everybody is a contender or a floor: a negative control that is asked for by name fails like any other. The error is
/// one line that names what is unknown, with near matches.
std::expected<Plan, std::string> make_run_plan(const RunRequest& request, const Catalogue& catalogue);

/// "name=value" texts to a map; the error names the text. `workers` that are not 0 are the parameter worker_threads.
std::expected<std::map<std::string, std::string>, std::string> parse_parameters(const std::vector<std::string>& texts,
                                                                                unsigned workers = 0);

}  // namespace gauntlet
