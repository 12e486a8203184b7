// seam_cost: what the contract between tasks and runtimes costs, and what a library's adapter adds to it.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& seam_cost_scenario();

}  // namespace gauntlet
