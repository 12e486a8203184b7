// What belongs to one worker of the work-stealing runtime.
#pragma once

#include <cstdint>

#include "runtimes/contract/run_queue.hpp"
#include "runtimes/contract/worker.hpp"
#include "runtimes/loop/inbox.hpp"
#include "runtimes/loop/timer_wheel.hpp"
#include "runtimes/work_stealing/parking_spot.hpp"
#include "runtimes/work_stealing/shared_buffers.hpp"
#include "runtimes/work_stealing/steal_deque.hpp"

namespace gauntlet {

/// `ready` holds what must run here: everything, where nothing is stolen.
struct StealingWorker final : Worker {
  StealingWorker(std::uint16_t number, std::uint32_t buffers_count, std::uint32_t buffer_bytes)
      : buffers(number, buffers_count, buffer_bytes), random(number * 2654435761U + 1) {
    index = queues_for = number;
  }

  // The worker's own.
  SharedBuffers buffers;
  std::uint32_t budget = 0;  ///< answers left for the job that runs now
  std::uint32_t ticks = 0;
  std::uint32_t hot_in_a_row = 0;
  std::uint32_t random;
  bool searching = false;  ///< counted so in IdleWorkers

  // Under the lock, since a timer is cancelled wherever its task's canceller runs.
  SpinLock timers_lock;
  TimerWheel timers;

  // Anybody's.
  StealDeque deque;
  Inbox inbox;  ///< what others have for this worker alone; also says whether it sleeps
  ParkingSpot spot;
  std::atomic<bool> in_driver{false};  ///< it sleeps there and not in its spot; set before it falls asleep
};

}  // namespace gauntlet
