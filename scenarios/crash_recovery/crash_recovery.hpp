// crash_recovery: what is left of acknowledged orders when their server is killed again and again.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& crash_recovery_scenario();

}  // namespace gauntlet
