// Tasks that wait on timers, on sockets and on each other.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "runtimes/task/io.hpp"
#include "runtimes/task/join_handle.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

/// A third of the tasks sleeps, a third receives from connections that stay silent, and a third forms a
/// chain in which each joins the one before. Home worker only.
class WaitingTasks {
 public:
  /// Starts them; the timers are due `sleep` after all connections stand. False: a connection could not be made.
  Task<bool> start(std::uint64_t count, std::chrono::nanoseconds sleep);

  /// Ends the waits on sockets and joins; the timers end by themselves.
  Task<void> release();

  /// Waits for all and tells how many came to their proper end.
  Task<std::uint64_t> finish();

 private:
  Task<bool> start_receivers(std::uint64_t count);

  std::vector<JoinHandle<bool>> handles_;
  std::uint64_t chain_length_ = 0;  ///< tasks whose handles are held by their successor
  std::vector<Socket> peers_;       ///< the other ends of the silent connections
};

}  // namespace gauntlet
