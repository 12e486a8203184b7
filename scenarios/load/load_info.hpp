// What the load scenario declares, and how its parameters become a plan.
#pragma once

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& load_info();

/// The load that `parameters` ask for, with the answers to expect.
LoadPlan load_plan(const Parameters& parameters);

/// Figures of one load. What was not measured, or too little to be stated, is left out.
Observations observe_load(const LoadPlan& plan, const LoadOutcome& outcome);

}  // namespace gauntlet
