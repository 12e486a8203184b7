// What the sweep declares, and how its points become figures.
#pragma once

#include <array>
#include <map>
#include <optional>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& sweep_info();

/// Shares of the knee at which latency is measured, in percent.
inline constexpr std::array<int, 4> sweep_percents = {25, 50, 75, 90};

/// Requests that burn CPU, at this rate.
LoadPlan sweep_plan(const Parameters& parameters, double rate_rps, double duration_s);
/// Long enough for a p99.
double probe_s(const Parameters& parameters, double rate_rps);

/// Every answer was right, everything due was sent and answered, and p99 is within the objective.
bool holds(const LoadOutcome& outcome, double p99_limit_us);

struct SweepReadings {
  std::optional<double> knee_rps;
  bool open_ended = false;  ///< the generator's limit came before the subject's
  double resolution_percent = 0;
  std::map<int, LoadOutcome> at_percent;  ///< of the knee
  std::optional<LoadOutcome> at_common_rate;
  bool generator_failed = false;  ///< a point stayed invalid: the knee may be the generator's
};

Observations observe_sweep(const SweepReadings& readings);

}  // namespace gauntlet
