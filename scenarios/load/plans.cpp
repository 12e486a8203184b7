#include "scenarios/load/plans.hpp"

#include <algorithm>

namespace gauntlet {

LoadPlan plan_from(const Parameters& parameters) {
  LoadPlan plan;
  plan.connections = static_cast<std::uint32_t>(parameters.integer("connections"));
  plan.warmup_cap_s = parameters.real("warmup_s");
  plan.seed = static_cast<std::uint64_t>(parameters.integer("seed"));
  return plan;
}

double timeline_interval_for(double window_s) {
  constexpr double usual_s = 0.1, most_intervals = 150;
  return std::max(usual_s, window_s / most_intervals);
}

LoadPlan idle_plan(std::uint32_t connections, double window_s) {
  // For the machine to come to rest, and for each of them.
  constexpr double rest_s = 0.2, accept_s = 1e-4;
  LoadPlan plan;
  plan.pacing = Pacing::idle;
  plan.connections = connections;
  plan.warmup_cap_s = rest_s + accept_s * connections;
  plan.duration_s = window_s;
  return plan;
}

}  // namespace gauntlet
