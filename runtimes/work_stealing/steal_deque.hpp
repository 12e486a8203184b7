// The ready queue of one worker, from which the others steal.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtimes/contract/job.hpp"

namespace gauntlet {

/// Chase and Lev, "Dynamic Circular Work-Stealing Deque" (SPAA 2005), with the memory orders of Lê, Pop, Cohen and
/// Zappa Nardelli, "Correct and Efficient Work-Stealing for Weak Memory Models" (PPoPP 2013). Their two seq_cst fences
/// are seq_cst operations on `top_` and `bottom_` here, since ThreadSanitizer does not know fences. That is enough: a
/// thief whose look at `bottom_` comes before the owner's store there has read `top_` before it too, so the owner's
/// load of `top_`, which follows its store, sees every claim that the thief built upon. On x86 the owner pays one xchg,
/// as for the fence, and a thief's loads are plain ones.
///
/// The ring has a fixed size, not a growing one: jobs are intrusive, so whatever does not fit moves to the injector for
/// the price of a few links, no old ring has to outlive its thieves, and a burst cannot grow a worker's memory.
///
/// The owner pushes at the bottom and takes from both ends: the newest job where that keeps caches warm, the oldest
/// where fairness asks for it. Thieves take the oldest. An entry may be marked hot, which only its owner reads.
class StealDeque {
 public:
  static constexpr std::size_t capacity = 256;

  /// Owner. False: full, nothing was queued.
  bool push(Job& job, bool hot) noexcept {
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    const std::int64_t top = top_.load(std::memory_order_acquire);
    if (bottom - top >= static_cast<std::int64_t>(capacity)) return false;
    const auto entry = reinterpret_cast<std::uintptr_t>(&job) | (hot ? hot_mark : 0);
    slot(bottom).store(entry, std::memory_order_relaxed);
    bottom_.store(bottom + 1, std::memory_order_release);
    return true;
  }

  /// Owner. The newest job is there and marked hot.
  bool newest_is_hot() const noexcept {
    const std::int64_t newest = bottom_.load(std::memory_order_relaxed) - 1;
    return size() > 0 && (slot(newest).load(std::memory_order_relaxed) & hot_mark) != 0;
  }

  /// Owner. Null when empty.
  Job* take_newest() noexcept {
    const std::int64_t newest = bottom_.load(std::memory_order_relaxed) - 1;
    bottom_.store(newest, std::memory_order_seq_cst);
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    if (top > newest) {
      bottom_.store(newest + 1, std::memory_order_release);
      return nullptr;
    }
    Job* job = job_of(slot(newest).load(std::memory_order_relaxed));
    if (top == newest) {
      // The last one: whoever moves `top_` has it.
      if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed)) {
        job = nullptr;
      }
      bottom_.store(newest + 1, std::memory_order_release);
    }
    return job;
  }

  /// Any thread. Null when empty. Tries again when it loses a race, in which somebody else has made progress.
  Job* take_oldest() noexcept {
    for (;;) {
      std::int64_t top = top_.load(std::memory_order_seq_cst);
      const std::int64_t bottom = bottom_.load(std::memory_order_seq_cst);
      if (top >= bottom) return nullptr;
      // Read before it is claimed: afterwards the owner may reuse the slot.
      Job* job = job_of(slot(top).load(std::memory_order_relaxed));
      if (top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed)) return job;
    }
  }

  /// Any thread; of use to the others as a hint.
  std::size_t size() const noexcept {
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    const std::int64_t top = top_.load(std::memory_order_relaxed);
    return bottom > top ? static_cast<std::size_t>(bottom - top) : 0;
  }

  /// Any thread, in the order of all sequentially consistent operations: for the last look before going to sleep.
  bool has_jobs() const noexcept {
    return top_.load(std::memory_order_seq_cst) < bottom_.load(std::memory_order_seq_cst);
  }

 private:
  static constexpr std::uintptr_t hot_mark = 1;
  static_assert((capacity & (capacity - 1)) == 0 && alignof(Job) > hot_mark);

  static Job* job_of(std::uintptr_t entry) noexcept { return reinterpret_cast<Job*>(entry & ~hot_mark); }
  std::atomic<std::uintptr_t>& slot(std::int64_t index) noexcept {
    return ring_[static_cast<std::size_t>(index) & (capacity - 1)];
  }
  const std::atomic<std::uintptr_t>& slot(std::int64_t index) const noexcept {
    return ring_[static_cast<std::size_t>(index) & (capacity - 1)];
  }

  alignas(64) std::atomic<std::int64_t> top_{0};
  alignas(64) std::atomic<std::int64_t> bottom_{0};
  std::array<std::atomic<std::uintptr_t>, capacity> ring_{};
};

}  // namespace gauntlet
