// As many waiting tasks as are asked for, of three kinds, and blocked threads to hold them against.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "runtimes/task/join_handle.hpp"
#include "runtimes/task/task.hpp"
#include "scenarios/baton.hpp"

namespace gauntlet {

/// Used by one task. All calls return when what they started waits, or has ended.
class WaitingCrowd {
 public:
  WaitingCrowd() = default;
  WaitingCrowd(const WaitingCrowd&) = delete;
  WaitingCrowd& operator=(const WaitingCrowd&) = delete;
  ~WaitingCrowd() { release_threads(); }

  /// Asleep until long after the run, with a handle.
  Task<void> add_sleeping(std::uint64_t count);
  /// Waiting for an event, with a handle.
  Task<void> add_with_handle(std::uint64_t count);
  /// Waiting for an event, with nobody to ask for them.
  Task<void> add_detached(std::uint64_t count);
  /// Ends every task: the sleeping ones are cancelled, the others get their event. Returns how many came to that end.
  Task<std::uint64_t> release();

  /// Blocked threads with default attributes. Returns how many the system granted.
  std::uint64_t add_threads(std::uint64_t count);
  void release_threads();

 private:
  Task<void> sleep_long();
  Task<void> wait_with_handle(Baton& baton);
  Task<void> wait_alone(Baton& baton);
  Task<void> until_waiting(std::uint64_t count);
  Baton* new_batons(std::uint64_t count);

  struct Batons {
    std::unique_ptr<Baton[]> of;
    std::uint64_t count = 0;
  };
  std::vector<JoinHandle<void>> sleeping_;
  std::vector<JoinHandle<void>> with_handle_;
  std::vector<Batons> batons_;
  std::uint64_t detached_ = 0;
  // By tasks of whatever worker.
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<std::uint64_t> detached_ended_{0};

  std::vector<std::thread> threads_;
  std::atomic<std::uint64_t> threads_blocked_{0};
  std::atomic<bool> threads_may_end_{false};
};

}  // namespace gauntlet
