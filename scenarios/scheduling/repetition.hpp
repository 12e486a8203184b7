// Timing of something short: many times in a batch, several batches, their median.
#pragma once

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gauntlet {

/// Operations of a batch, where nothing speaks for another number.
inline constexpr std::uint64_t batch = 1000;

/// while (repetition.next()) { ...; repetition.done(operations); }
///
/// What is measured are coroutines inside a running runtime, which Google Benchmark cannot call: its loop owns the
/// thread, and wants each benchmark to return when it is done. The median is what a disturbed batch does not move.
class Repetition {
 public:
  using Clock = std::chrono::steady_clock;

  /// Batches are begun until the budget is used up, and at least `least_batches` of them.
  explicit Repetition(std::chrono::nanoseconds budget) : end_(Clock::now() + budget) {}

  /// Starts the clock of a batch, unless there were enough.
  bool next() {
    begin_ = Clock::now();
    return per_operation_ns_.size() < least_batches || begin_ < end_;
  }
  /// Stops it.
  void done(std::uint64_t operations) {
    const std::chrono::duration<double, std::nano> taken = Clock::now() - begin_;
    per_operation_ns_.push_back(taken.count() / static_cast<double>(operations));
  }
  double median_ns() {
    assert(!per_operation_ns_.empty());
    const auto middle = per_operation_ns_.begin() + static_cast<std::ptrdiff_t>(per_operation_ns_.size() / 2);
    std::nth_element(per_operation_ns_.begin(), middle, per_operation_ns_.end());
    return *middle;
  }

 private:
  static constexpr std::size_t least_batches = 5;

  const Clock::time_point end_;
  Clock::time_point begin_;
  std::vector<double> per_operation_ns_;
};

}  // namespace gauntlet
