// Whether the generator can be believed: warnings on what it measured, from what it measured about itself.
#pragma once

#include <string>
#include <vector>

#include "harness/load/tally.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

/// A generator whose thread works for more than this share of the window may be what limits the figure.
inline constexpr double kBusyLimit = 0.9;
/// Below this share of the schedule a load is not the one that was asked for.
inline constexpr double kSentLimit = 0.99;
/// Above these, a late generator shows in the latencies (a note), or is what they show (invalid).
inline constexpr double kLagNote_us = 1'000;
inline constexpr double kLagInvalid_us = 10'000;
/// By which share the sampled requests in flight may miss what rate and latency say (Little's law).
inline constexpr double kLittleLimit = 0.1;

/// Codes: generator_bound, schedule_missed (invalid), overloaded, schedule_lag (a note or invalid), not_steady,
/// warmup_errors, reconnected, littles_law.
std::vector<Warning> judge_generator(const LoadPlan& plan, const Tally& tally, bool steady);

}  // namespace gauntlet
