// What the scheduling scenario declares, and how a report becomes figures.
#pragma once

#include "scenarios/info.hpp"
#include "scenarios/scheduling/figures.hpp"

namespace gauntlet {

const ScenarioInfo& scheduling_info();

/// `reported`: of the subject. Ratios against threads are added where both sides are there.
Observations observe_scheduling(const Figures& reported);

}  // namespace gauntlet
