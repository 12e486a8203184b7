// Jobs handed to a worker by other threads, and the agreement on when it must be woken.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "runtimes/contract/job.hpp"
#include "runtimes/contract/run_queue.hpp"

namespace gauntlet {

/// Many producers, one consumer. A Treiber stack whose head has one extra value, `asleep`: the consumer puts it there
/// only if the stack is empty, and a producer that replaces it must wake the consumer. Both are one compare-and-swap on
/// the same word, so no wake-up is lost, and a burst of pushes costs one.
class Inbox {
 public:
  /// Any thread. True: the consumer was asleep and the caller must wake it.
  bool push(Job& job) noexcept {
    Job* seen = head_.load(std::memory_order_relaxed);
    do {
      job.next = seen == asleep() ? nullptr : seen;
    } while (!head_.compare_exchange_weak(seen, &job, std::memory_order_seq_cst, std::memory_order_relaxed));
    return seen == asleep();
  }

  /// Any thread. True: the consumer was asleep, is so no longer, and the caller must wake it.
  bool rouse() noexcept {
    Job* expected = asleep();
    return head_.compare_exchange_strong(expected, nullptr, std::memory_order_seq_cst);
  }

  /// Consumer: announces that it is about to block. False: there are jobs, do not block.
  bool fall_asleep() noexcept {
    Job* expected = nullptr;
    slept_ = head_.compare_exchange_strong(expected, asleep(), std::memory_order_seq_cst);
    return slept_;
  }

  bool has_jobs() const noexcept {
    const Job* head = head_.load(std::memory_order_relaxed);
    return head != nullptr && head != asleep();
  }

  /// Consumer: moves all jobs to `queue`, those of one producer in the order in which it pushed them. Ends the sleep;
  /// true: somebody else had ended it, and has woken the consumer or is about to.
  bool drain(RunQueue& queue) noexcept {
    const bool slept = std::exchange(slept_, false);
    if (head_.load(std::memory_order_relaxed) == nullptr) return slept;
    Job* newest = head_.exchange(nullptr, std::memory_order_acquire);
    if (newest == asleep()) return false;
    Job* oldest = nullptr;
    while (newest != nullptr) {
      Job* rest = newest->next;
      newest->next = oldest;
      oldest = newest;
      newest = rest;
    }
    while (oldest != nullptr) {
      Job* rest = oldest->next;
      queue.push(*oldest);
      oldest = rest;
    }
    return slept;
  }

 private:
  static Job* asleep() noexcept { return reinterpret_cast<Job*>(std::uintptr_t{1}); }

  std::atomic<Job*> head_{nullptr};
  bool slept_ = false;  ///< the consumer's: it has announced a sleep that no drain has ended yet
};

}  // namespace gauntlet
