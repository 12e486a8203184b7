// overload: what is left of a server to which more is offered than it can do.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& overload_scenario();

}  // namespace gauntlet
