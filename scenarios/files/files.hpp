// files: random reads and appends of 4 KiB on a real file, at a fixed queue depth, each runtime in its own way.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& files_scenario();

}  // namespace gauntlet
