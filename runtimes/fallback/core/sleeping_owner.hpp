// An owner of a core on an operating system: its clock, and its way to give the processor away.
#pragma once

#include <chrono>
#include <thread>

#include "runtimes/fallback/core/core.hpp"

namespace gauntlet::fallback {

/// For block_on(). Sleeps until the deadline. Where there is none it knows of nothing that could come, so that the
/// routine has stalled.
class SleepingOwner {
 public:
  Instant now() const noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
  }
  bool sleep_until(Instant deadline) const {
    if (deadline == never) return false;
    std::this_thread::sleep_until(
        Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::nanoseconds(deadline))));
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
};

}  // namespace gauntlet::fallback
