// Counters of one worker: written by it alone, read from anywhere, without locks.
#pragma once

#include <atomic>
#include <cstdint>

namespace gauntlet {

/// Single writer, any reader. A plain add for the writer: no locked instruction.
class Counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Every counter counts from the runtime's construction. The list is the single source of their names.
#define GAUNTLET_COUNTERS(X)                                                                                       \
  X(tasks_started)           /* root tasks that began to run */                                                    \
  X(tasks_finished)          /* ended in any way */                                                                \
  X(tasks_failed)            /* ended with an exception */                                                         \
  X(tasks_cancelled)         /* dropped before their end */                                                        \
  X(jobs_run)                /* resumptions through the ready queue */                                             \
  X(thread_starts)           /* times that a thread became the worker in run() */                                  \
  X(turns)                   /* turns of the loop */                                                               \
  X(parks)                   /* turns that were allowed to block */                                                \
  X(empty_polls)             /* kernel polls that returned nothing */                                              \
  X(remote_wakeups)          /* of this worker, asked for by other threads */                                      \
  X(ring_wakeups)            /* of these, messages of another worker's ring */                                     \
  X(system_calls)            /* made by the worker on behalf of the contract */                                    \
  X(buffers_lent)            /* receive buffers lent to tasks */                                                   \
  X(buffers_heap_lent)       /* of these, from the heap since the pool was out */                                  \
  X(accepts)                 /* connections accepted */                                                            \
  X(accept_rearms)           /* accept requests handed to the kernel */                                            \
  X(receive_rearms)          /* receive requests handed to the kernel */                                           \
  X(bytes_copied)            /* sent, and copied into the kernel; by runtimes that make the call themselves */     \
  X(bytes_zero_copied)       /* sent from where they lay */                                                        \
  X(zero_copy_notifications) /* of the kernel, that it is done with the memory of a send */                        \
  X(kernel_threads)          /* of the rings at the time of asking: for requests that block, or to take them up */ \
  X(timers_fired)                                                                                                  \
  X(blocking_calls)  /* handed to the threads for them */                                                          \
  X(file_operations) /* started, in whatever way the runtime has */                                                \
  X(steals_tried)    /* looks into another worker's queue */                                                       \
  X(steals_won)      /* of these, the ones that brought jobs */                                                    \
  X(peer_wakeups)    /* other workers woken to share the work */

struct WorkerCounters {
#define GAUNTLET_COUNTER(name) Counter name;
  GAUNTLET_COUNTERS(GAUNTLET_COUNTER)
#undef GAUNTLET_COUNTER
};

/// A snapshot, summed over workers.
struct RuntimeMetrics {
#define GAUNTLET_COUNTER(name) std::uint64_t name = 0;
  GAUNTLET_COUNTERS(GAUNTLET_COUNTER)
#undef GAUNTLET_COUNTER

  void add(const WorkerCounters& worker) noexcept {
#define GAUNTLET_COUNTER(name) name += worker.name.read();
    GAUNTLET_COUNTERS(GAUNTLET_COUNTER)
#undef GAUNTLET_COUNTER
  }

  /// Calls `visit(name, value)` for each counter.
  template <typename Visit>
  void for_each(Visit&& visit) const {
#define GAUNTLET_COUNTER(name) visit(#name, name);
    GAUNTLET_COUNTERS(GAUNTLET_COUNTER)
#undef GAUNTLET_COUNTER
  }
};

}  // namespace gauntlet
