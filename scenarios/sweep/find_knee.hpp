// The knee of a running subject: the highest rate whose p99 keeps the objective.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/bench.hpp"

namespace gauntlet {

/// What burn_plan() and find_knee() read, but for `connections`, `worker_threads` and `seed`.
std::vector<ParameterInfo> knee_parameters(std::string burn_us);

/// Requests that burn CPU, at this rate.
LoadPlan burn_plan(const Parameters& parameters, double rate_rps, double duration_s);
/// Long enough for a p99.
double probe_s(const Parameters& parameters, double rate_rps);

/// Every answer was right, everything due was sent and answered, and p99 is within the objective.
bool holds(const LoadOutcome& outcome, double p99_limit_us);
/// It says nothing of the subject.
bool is_invalid(const LoadOutcome& outcome);

struct Knee {
  std::optional<double> rate_rps;
  bool open_ended = false;        ///< it held at the highest rate that was allowed
  bool generator_failed = false;  ///< a point stayed invalid, time after time: there is no rate then
};

using PlanAt = std::function<LoadPlan(double rate_rps, double duration_s)>;

/// On the subject that was started, with the parameters above.
Knee find_knee(Bench& bench, const PlanAt& plan_at);

/// Why nothing can be told of a subject without a knee. Of one with a rate, where that says less than it seems.
std::vector<Warning> knee_warnings(const Knee& knee);

}  // namespace gauntlet
