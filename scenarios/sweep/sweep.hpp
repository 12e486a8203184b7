// sweep: how much can be offered before the tail breaks, and how latency grows on the way there.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& sweep_scenario();

}  // namespace gauntlet
