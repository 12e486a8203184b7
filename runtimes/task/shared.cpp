#include "runtimes/task/shared.hpp"

namespace gauntlet {

constinit thread_local detail::TaskIds detail::task_ids{};

void detail::TaskIds::refill() noexcept {
  constexpr std::uint64_t block = 4096;
  constinit static std::atomic<std::uint64_t> blocks{0};
  next = blocks.fetch_add(1, std::memory_order_relaxed) * block + 1;
  end = next + block;
}

bool TaskShared::remove_waiter(JoinWaiter& waiter) noexcept {
  std::uintptr_t seen = end.load(std::memory_order_relaxed);
  if (seen == finished || &waiter_in(seen) != &waiter) return false;
  return end.compare_exchange_strong(seen, open, std::memory_order_acq_rel);
}

void TaskShared::announce_end_to_others() noexcept {
  const std::uintptr_t seen = end.exchange(finished, std::memory_order_acq_rel);
  if (seen == detached) return release();
  if (seen != open) waiter_in(seen).joined();
}

}  // namespace gauntlet
