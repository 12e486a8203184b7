// busy_wait: what a runtime costs while everything waits.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& busy_wait_scenario();

}  // namespace gauntlet
