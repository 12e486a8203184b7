// What the seam_cost scenario declares, and how its readings become figures.
#pragma once

#include <map>
#include <string>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"
#include "scenarios/seam_cost/seam_price.hpp"

namespace gauntlet {

const ScenarioInfo& seam_cost_info();

/// As the subject reports them: metrics by name, and `wrong`.
std::map<std::string, double> figures_of(const SeamPrice& price);

LoadPlan seam_cost_plan(const Parameters& parameters);
Observations observe_seam_cost(const std::map<std::string, double>& reported, const LoadOutcome& load);

}  // namespace gauntlet
