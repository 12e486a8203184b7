// fairness: what cheap requests suffer from those that burn CPU.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& fairness_scenario();

}  // namespace gauntlet
