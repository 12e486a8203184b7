// From a suite to the runs, in order.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/plan/suite.hpp"
#include "harness/store/plan.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

/// What there is to choose from.
struct Catalogue {
  struct RuntimeName {
    std::string name;
    std::vector<std::string> aliases;
    bool negative_control = false;
  };
  std::vector<ScenarioInfo> scenarios;
  std::vector<RuntimeName> runtimes;  ///< in order of display
};

/// All cells take their first round, then all their second, so that an interrupted bench holds whole rounds and slow
/// drift of the machine meets every cell alike. Inside a round the columns of a cell follow one another in
/// rotated_order. `created` and `command` are left for the caller to fill.
///
/// The error is one line. It names the family's place in its file and what is unknown there, with near matches.
std::expected<Plan, std::string> make_plan(const Suite& suite, const Catalogue& catalogue);

}  // namespace gauntlet
