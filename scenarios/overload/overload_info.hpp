// What the overload scenario declares, and how its loads become figures.
#pragma once

#include <array>
#include <map>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"
#include "scenarios/sweep/find_knee.hpp"

namespace gauntlet {

const ScenarioInfo& overload_info();

/// Shares of the knee that are offered, in percent.
inline constexpr std::array<int, 3> overload_percents = {120, 200, 500};

/// At this rate, with what was refused counted apart.
LoadPlan overload_base_plan(const Parameters& parameters, double rate_rps, double duration_s);
/// At the knee's rate once the overload has ended, with which the window begins.
LoadPlan overload_plan(const Parameters& parameters, double knee_rps, int percent);

struct OverloadReadings {
  Knee knee;
  double overload_s = 0;
  double interval_s = 0;
  LoadOutcome at_knee;
  std::map<int, LoadOutcome> at_percent;  ///< of the knee
};

Observations observe_overload(const OverloadReadings& readings);

}  // namespace gauntlet
