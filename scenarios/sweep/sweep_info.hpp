// What the sweep declares, and how its points become figures.
#pragma once

#include <array>
#include <map>
#include <optional>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"
#include "scenarios/sweep/find_knee.hpp"

namespace gauntlet {

const ScenarioInfo& sweep_info();

/// Shares of the knee at which latency is measured, in percent.
inline constexpr std::array<int, 4> sweep_percents = {25, 50, 75, 90};

struct SweepReadings {
  Knee knee;
  double resolution_percent = 0;
  std::map<int, LoadOutcome> at_percent;  ///< of the knee
  std::optional<LoadOutcome> at_common_rate;
};

Observations observe_sweep(const SweepReadings& readings);

}  // namespace gauntlet
