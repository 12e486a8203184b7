// load: what does a request cost, and how long does it take, over HTTP and over plain echo?
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& load_scenario();

}  // namespace gauntlet
