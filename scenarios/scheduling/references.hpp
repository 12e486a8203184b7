// What a task can be held against: plain calls, and a thread for each task.
#pragma once

#include "scenarios/scheduling/figures.hpp"

namespace gauntlet {

/// The floor: each operation as the function call that it stands for, timers by one bare timerfd. What a call has no
/// counterpart for is left out.
Figures measure_plain_calls(const Sizes& sizes);

/// What a thread per task can do in reasonable time; trees of a million threads are left out.
Figures measure_threads(const Sizes& sizes);

/// Costs of threads that every subject reports, so that a ratio is of one run.
void add_thread_costs(const Sizes& sizes, Figures& figures);

}  // namespace gauntlet
