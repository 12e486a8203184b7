#include "runtimes/task/shared.hpp"

namespace gauntlet {

std::uint32_t TaskShared::give_number() noexcept {
  constinit static std::atomic<std::uint32_t> last{0};
  std::uint32_t fresh = 0;
  while (fresh == 0) fresh = last.fetch_add(1, std::memory_order_relaxed) + 1;
  std::uint32_t seen = 0;
  // Two may ask at once.
  return number.compare_exchange_strong(seen, fresh, std::memory_order_relaxed) ? fresh : seen;
}

bool TaskShared::remove_waiter(JoinWaiter& waiter) noexcept {
  std::uintptr_t seen = end.load(std::memory_order_relaxed);
  if (seen == finished || &waiter_in(seen) != &waiter) return false;
  return end.compare_exchange_strong(seen, open, std::memory_order_acq_rel);
}

bool TaskShared::announce_end_anywhere() noexcept {
  const std::uintptr_t seen = end.exchange(finished, std::memory_order_acq_rel);
  if (seen == detached) return true;
  if (seen != open) waiter_in(seen).joined();
  return false;
}

}  // namespace gauntlet
