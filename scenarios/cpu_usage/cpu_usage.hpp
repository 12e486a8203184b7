// cpu_usage: what a request costs in CPU and system calls, and what connections cost that nobody uses.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& cpu_usage_scenario();

}  // namespace gauntlet
