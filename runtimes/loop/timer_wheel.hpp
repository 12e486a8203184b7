// Timers of one worker.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "runtimes/contract/op.hpp"

namespace gauntlet {

/// Hierarchical timing wheel (Varghese and Lauck, 1987, scheme 7): insert and remove in constant time, no tick. Nine
/// levels of 64 slots; the lowest has a resolution of 1,024 ns, and its slots are kept in deadline order. The next
/// deadline is exact, so a loop that sleeps until then never wakes up to find nothing due. One thread.
class TimerWheel {
 public:
  using Clock = std::chrono::steady_clock;

  TimerWheel() noexcept;

  bool empty() const noexcept { return count_ == 0; }

  /// Links the operation; uses its `next`, `previous` and `scratch`. A deadline that pop_due() has passed already
  /// becomes the next one after it: a task that sleeps until times gone by, as a ticker does that fell behind, would
  /// else be popped again and again, and keep everything else from running.
  void insert(TimerOp& timer) noexcept;

  /// Unlinks an operation that is in the wheel.
  void remove(TimerOp& timer) noexcept;

  /// The earliest deadline in the wheel.
  std::optional<Clock::time_point> next_deadline() noexcept;

  /// Unlinks and returns the earliest timer whose deadline has come; null when there is none. Call until null.
  TimerOp* pop_due(Clock::time_point now) noexcept;

 private:
  static constexpr int slot_bits = 6;
  static constexpr int slots_per_level = 1 << slot_bits;
  static constexpr int levels = 9;
  static constexpr int tick_bits = 10;

  struct Slot {
    TimerOp* first = nullptr;
    TimerOp* last = nullptr;
  };

  static std::uint64_t tick_of(Clock::time_point when) noexcept;
  void place(TimerOp& timer) noexcept;
  void link_sorted(Slot& slot, TimerOp& timer) noexcept;
  void link_last(Slot& slot, TimerOp& timer) noexcept;
  void unlink(TimerOp& timer) noexcept;
  /// Lowest level with a timer, and its earliest occupied slot; false when empty.
  bool earliest_slot(int& level, int& slot) const noexcept;

  std::array<std::array<Slot, slots_per_level>, levels> wheel_{};
  std::array<std::uint64_t, levels> occupied_{};
  std::uint64_t now_tick_;  ///< no timer in the wheel is placed before it
  std::uint64_t count_ = 0;
  Clock::time_point passed_{};             ///< by pop_due()
  std::optional<Clock::time_point> next_;  ///< cached; none: to be found again
};

}  // namespace gauntlet
