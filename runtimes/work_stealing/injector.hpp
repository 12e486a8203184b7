// The queue that all workers share.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include "runtimes/contract/job.hpp"
#include "runtimes/contract/run_queue.hpp"

namespace gauntlet {

/// Jobs of foreign threads, and what did not fit into a worker's deque. First in, first out. Any thread.
///
/// A lock, not a lock-free list: workers come here rarely and take a batch each time, and several takers on a
/// lock-free intrusive list need reclamation.
class Injector {
 public:
  void push(Job& job) noexcept {
    const std::lock_guard lock(mutex_);
    jobs_.push(job);
    size_.fetch_add(1, std::memory_order_seq_cst);
  }

  /// Takes all of `chain`, which counts `count` jobs.
  void push_all(RunQueue& chain, std::size_t count) noexcept {
    const std::lock_guard lock(mutex_);
    while (Job* job = chain.pop()) jobs_.push(*job);
    size_.fetch_add(count, std::memory_order_seq_cst);
  }

  /// Moves to `batch` this worker's share of the jobs, at most `most` and at least one if there is any. Returns how
  /// many.
  std::size_t take(RunQueue& batch, std::size_t workers, std::size_t most) noexcept {
    if (empty()) return 0;
    const std::lock_guard lock(mutex_);
    const std::size_t size = size_.load(std::memory_order_relaxed);
    std::size_t share = size / workers + 1;
    if (share > most) share = most;
    if (share > size) share = size;
    for (std::size_t i = 0; i < share; ++i) batch.push(*jobs_.pop());
    size_.fetch_sub(share, std::memory_order_seq_cst);
    return share;
  }

  bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }

 private:
  std::mutex mutex_;
  RunQueue jobs_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace gauntlet
