// Loads that several scenarios offer.
#pragma once

#include <cstdint>

#include "scenarios/bench.hpp"

namespace gauntlet {

/// With the connections, the longest warm-up and the seed that the parameters of these names say.
LoadPlan plan_from(const Parameters& parameters);
/// Of the timeline of an open loop: 100 ms, or a 150th of a window beyond 15 s, so that what is stored stays small.
double timeline_interval_for(double window_s);
/// Connections that stand open in silence, in a window that begins once all of them may be taken as accepted.
LoadPlan idle_plan(std::uint32_t connections, double window_s);

}  // namespace gauntlet
