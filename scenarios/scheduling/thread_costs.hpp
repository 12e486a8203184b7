// What the same costs with a thread per task, on the machine's own threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace gauntlet {

double thread_spawn_ns(std::chrono::nanoseconds budget);
double thread_spawn_join_ns(std::chrono::nanoseconds budget);
/// One way between two threads on one CPU, each blocked on a futex in turn: a context switch and what brings it about.
double thread_ping_pong_ns(std::chrono::nanoseconds budget);
/// One of two threads on one CPU that both do nothing but yield.
double thread_yield_ns(std::chrono::nanoseconds budget);
/// From the wake-up call to the first instruction of a thread that was blocked; the median.
double thread_wake_p50_us(std::uint64_t wakes);

/// Of any number, at least one.
double median(std::vector<double> values);

}  // namespace gauntlet
