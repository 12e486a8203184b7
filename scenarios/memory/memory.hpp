// memory: what a waiting task, an idle connection and a served load hold in memory, and whether it grows.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& memory_scenario();

}  // namespace gauntlet
