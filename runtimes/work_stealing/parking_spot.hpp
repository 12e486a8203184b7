// Where a worker sleeps that does not wait for the kernel's events.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace gauntlet {

/// One sleeper, any number of wakers. Wake-ups are not counted; one that comes between prepare() and wait() is not
/// lost. std::atomic::wait has no deadline, hence the futex.
class ParkingSpot {
 public:
  using Clock = std::chrono::steady_clock;

  /// Before the sleeper makes known that it will sleep.
  std::uint32_t prepare() const noexcept { return word_.load(std::memory_order_seq_cst); }

  /// Sleeps until a wake-up after the prepare() that returned `ticket`, or until the deadline. May return early.
  void wait(std::uint32_t ticket, std::optional<Clock::time_point> deadline) noexcept;

  void wake() noexcept;

 private:
  std::atomic<std::uint32_t> word_{0};
};

}  // namespace gauntlet
