// scheduling: what spawning, switching, waking and timing a task cost.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& scheduling_scenario();

}  // namespace gauntlet
