// power_loss: what a journal says after its disk has lost power at any moment, in any order.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

const Scenario& power_loss_scenario();

}  // namespace gauntlet
