// Threads for calls that block, so that no worker has to.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "runtimes/contract/config.hpp"

namespace gauntlet {

/// One call that may block. Intrusive: submitting it allocates nothing.
///
/// Owner: whoever embeds it. From submit() until `run` is entered, or remove() has said true, it belongs to the pool
/// and must stay where it is. `run` is called at most once, on a thread of the pool, and may end the job's life.
class BlockingJob {
 public:
  using Run = void (*)(BlockingJob&) noexcept;

  explicit BlockingJob(Run function) noexcept : run(function) {}
  BlockingJob(const BlockingJob&) = delete;
  BlockingJob& operator=(const BlockingJob&) = delete;

  const Run run;

 protected:
  ~BlockingJob() = default;

 private:
  friend class BlockingPool;
  BlockingJob* previous_ = nullptr;
  BlockingJob* next_ = nullptr;
  bool queued_ = false;
};

/// Runs jobs in the order submitted, as many at once as it has threads. A thread is started only when a job finds none
/// that is idle; idle ones sleep until there is a job, without any time-out, and are joined by the destructor.
/// All functions from any thread.
class BlockingPool {
 public:
  /// Both outlive it. `cpus`: see begin_blocking_thread().
  BlockingPool(const RuntimeConfig& config, const std::vector<int>& cpus) noexcept : config_(config), cpus_(cpus) {}
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  /// Makes the calls that are still queued, of which nobody waits for the end, and waits for those that run.
  ~BlockingPool();

  /// False: there is no thread and none can be had; the job was not taken.
  [[nodiscard]] bool submit(BlockingJob& job) noexcept;

  /// True: the job was still queued, and will not run. False: it runs or has run.
  bool remove(BlockingJob& job) noexcept;

  /// Started so far.
  std::size_t threads() const;

 private:
  void serve(std::uint32_t index) noexcept;
  void make_calls() noexcept;
  bool start_thread() noexcept;
  void push(BlockingJob& job) noexcept;
  void unlink(BlockingJob& job) noexcept;

  const RuntimeConfig& config_;
  const std::vector<int>& cpus_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  BlockingJob* first_ = nullptr;
  BlockingJob* last_ = nullptr;
  std::size_t queued_ = 0;
  std::size_t idle_ = 0;  ///< threads that wait, or were woken and have not come to the queue yet
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gauntlet
