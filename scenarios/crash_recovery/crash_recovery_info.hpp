// What crash_recovery asks, takes and claims.
#pragma once

#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& crash_recovery_info();

}  // namespace gauntlet
