// Many tasks at once: trees that spawn and join, a ring that hands on, timers.
#pragma once

#include "runtimes/task/task.hpp"
#include "scenarios/scheduling/figures.hpp"

namespace gauntlet {

/// Each adds its figure, and to `wrong` if its result is not what it must be.
Task<void> measure_skynet(std::uint64_t leaves, Figures& figures);
Task<void> measure_fib(std::uint64_t n, Figures& figures);
Task<void> measure_ring(std::uint64_t tasks, Figures& figures);
Task<void> measure_lateness(const Sizes& sizes, Figures& figures);

}  // namespace gauntlet
