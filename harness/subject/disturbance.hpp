// Whether somebody else worked on the machine while we measured.
#pragma once

#include <optional>

#include "harness/measure/machine_sample.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

/// Above this share of the machine's CPU time a window counts as disturbed.
inline constexpr double kDisturbedShare = 0.05;
/// Shorter windows are not judged: CPU time of the machine is counted in ticks.
inline constexpr double kShortestJudgedWindow_s = 0.5;

/// The warning (code `disturbed`, a note), or nothing. `own_cpu_s`: what our own processes used in between.
std::optional<Warning> judge_disturbance(const MachineSample& before, const MachineSample& after, double own_cpu_s);

}  // namespace gauntlet
