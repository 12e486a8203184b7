// How late many timers fired.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace gauntlet {

/// Deadlines spread evenly over a span in a fixed, shuffled order, and what came of each. A slot is written by one task
/// alone, so tasks on several workers need no lock.
class Lateness {
 public:
  using Clock = std::chrono::steady_clock;

  Lateness(std::uint64_t timers, Clock::time_point first, std::chrono::nanoseconds span);

  std::size_t size() const { return due_.size(); }
  Clock::time_point due(std::size_t timer) const { return due_[timer]; }
  void fired(std::size_t timer, Clock::time_point at) { late_ns_[timer] = (at - due_[timer]).count(); }

  /// Timers that fired before their time, or never.
  std::uint64_t wrong() const;
  /// Nothing while fewer than ten timers stand beyond the percentile.
  std::optional<double> percentile_us(double percent) const;

 private:
  static constexpr std::int64_t never = -1'000'000'000'000;

  std::vector<Clock::time_point> due_;
  std::vector<std::int64_t> late_ns_;
};

}  // namespace gauntlet
