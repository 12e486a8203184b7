#include "scenarios/scheduling/lateness.hpp"

#include <algorithm>
#include <random>

namespace gauntlet {

Lateness::Lateness(std::uint64_t timers, Clock::time_point first, std::chrono::nanoseconds span)
    : late_ns_(timers, never) {
  due_.reserve(timers);
  const auto count = static_cast<std::int64_t>(timers);
  for (std::int64_t i = 0; i < count; ++i) due_.push_back(first + span * i / count);
  // The same order for all: a timer structure that likes sorted input gets no present.
  std::ranges::shuffle(due_, std::mt19937_64(1));
}

std::uint64_t Lateness::wrong() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(late_ns_, [](std::int64_t late) { return late < 0; }));
}

std::optional<double> Lateness::percentile_us(double percent) const {
  constexpr double least_beyond = 10;
  const double count = static_cast<double>(late_ns_.size());
  if (count * (100 - percent) / 100 < least_beyond) return std::nullopt;
  std::vector<std::int64_t> sorted = late_ns_;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(count * percent / 100);
  std::nth_element(sorted.begin(), at, sorted.end());
  return static_cast<double>(*at) / 1000;
}

}  // namespace gauntlet
