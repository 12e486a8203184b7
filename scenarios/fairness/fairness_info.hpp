// What the fairness scenario declares, and how its loads become figures.
#pragma once

#include <array>
#include <map>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& fairness_info();

/// CPU that a burning request takes, in milliseconds.
inline constexpr std::array<int, 3> fairness_burns_ms = {1, 5, 20};

/// Cheap requests only.
LoadPlan fairness_alone_plan(const Parameters& parameters);
/// The same rate, some of it requests that burn so long; together they take the same CPU however long each burns.
LoadPlan fairness_plan(const Parameters& parameters, int burn_ms);

struct FairnessReadings {
  LoadOutcome alone;
  std::map<int, LoadOutcome> with_burns;  ///< by milliseconds
};

Observations observe_fairness(const FairnessReadings& readings);

}  // namespace gauntlet
