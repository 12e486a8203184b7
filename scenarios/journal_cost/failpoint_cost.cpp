#include "scenarios/journal_cost/failpoint_cost.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "runtimes/failpoint/failpoint.hpp"

namespace gauntlet {

namespace {

constexpr int turns = 1'000'000;
constexpr int tries = 7;

template <typename Turn>
double least_ns_of(Turn turn) {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < tries; ++i) {
    const auto began = std::chrono::steady_clock::now();
    for (int n = 0; n < turns; ++n) {
      turn();
      // Or the loop would be as good as empty.
      asm volatile("" : : : "memory");
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
    least = std::min(least, took.count() / turns);
  }
  return least;
}

}  // namespace

double failpoint_off_ns() {
  const double with = least_ns_of([] { static_cast<void>(failpoint(Failpoint::request_accept)); });
  const double without = least_ns_of([] {});
  return std::max(0.0, with - without);
}

}  // namespace gauntlet
