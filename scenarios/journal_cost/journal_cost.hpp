// journal_cost: what it costs to journal requests, of each backend and against none.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& journal_cost_scenario();

}  // namespace gauntlet
