// The short operations of a scheduler, timed inside a running runtime.
#pragma once

#include <chrono>
#include <cstdint>

#include "runtimes/task/task.hpp"

namespace gauntlet {

/// In nanoseconds each, but for the last. All on the calling task's runtime; `wrong` counts results that were not
/// right.
Task<double> spawn_ns(std::chrono::nanoseconds budget);
Task<double> spawn_join_ns(std::chrono::nanoseconds budget, std::uint64_t& wrong);
/// From suspension by yield() to resumption, with nothing else to run.
Task<double> yield_ns(std::chrono::nanoseconds budget);
/// One way between two tasks, each waiting for the other in turn.
Task<double> ping_pong_ns(std::chrono::nanoseconds budget);
/// A timer set and cancelled, its completion included. Only on a task that has a home.
Task<double> timer_set_cancel_ns(std::chrono::nanoseconds budget, std::uint64_t& wrong);
/// From a foreign thread's call to the first instruction of the task, whose worker was blocked; the median.
Task<double> cross_thread_wake_p50_us(std::uint64_t wakes);

}  // namespace gauntlet
