// What a subject of the scheduling scenario reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "scenarios/parameters.hpp"
#include "scenarios/scheduling/lateness.hpp"

namespace gauntlet {

/// Metrics by name, and under `wrong` how often a result was not what it must be.
using Figures = std::map<std::string, double>;
inline constexpr const char* wrong_figure = "wrong";

/// How much of each is done; the same for runtimes and references.
struct Sizes {
  explicit Sizes(const Parameters& parameters);

  std::chrono::nanoseconds budget;  ///< for each of the short operations
  std::uint64_t timers;
  std::chrono::nanoseconds timer_span;
  std::uint64_t wakes;
  std::uint64_t skynet_leaves;
  std::uint64_t fib_n;
  std::uint64_t ring_tasks;
};

/// The first timer is due so long after they are set, which takes a while.
inline constexpr std::chrono::milliseconds timer_lead{50};

void add_lateness(Figures& figures, const Lateness& lateness);

/// Sum of the numbers of all leaves.
std::uint64_t skynet_sum(std::uint64_t leaves);
std::uint64_t fibonacci(std::uint64_t n);

/// In milliseconds; verified by the caller.
double milliseconds_since(std::chrono::steady_clock::time_point start);

}  // namespace gauntlet
