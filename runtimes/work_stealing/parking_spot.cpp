#include "runtimes/work_stealing/parking_spot.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace gauntlet {

namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "the kernel reads the word itself");

}  // namespace

void ParkingSpot::wait(std::uint32_t ticket, std::optional<Clock::time_point> deadline) noexcept {
  timespec until{};
  if (deadline) {
    // Absolute, on CLOCK_MONOTONIC, which is what steady_clock reads.
    const auto left = std::max(deadline->time_since_epoch(), Clock::duration::zero()).count();
    until.tv_sec = left / 1'000'000'000;
    until.tv_nsec = left % 1'000'000'000;
  }
  // EAGAIN: woken meanwhile. ETIMEDOUT and EINTR: the caller looks what there is to do.
  syscall(SYS_futex, &word_, FUTEX_WAIT_BITSET_PRIVATE, ticket, deadline ? &until : nullptr, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

void ParkingSpot::wake() noexcept {
  word_.fetch_add(1, std::memory_order_seq_cst);
  syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace gauntlet
