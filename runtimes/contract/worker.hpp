// The thread that a runtime's tasks run on, as the task layer sees it.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtimes/contract/job.hpp"
#include "runtimes/contract/metrics.hpp"
#include "runtimes/contract/run_queue.hpp"

namespace gauntlet {

class Runtime;

/// The part of a task that a runtime knows: enough to find the roots at shutdown. Touched only on the home worker.
class TaskBase : public Job {
 public:
  explicit TaskBase(Run function) noexcept : Job(function) {}

  /// It has no home: any worker may resume it. See runtimes/task/migration.hpp.
  bool migrates() const noexcept { return worker == any_worker; }

  std::uint16_t listed_at = 0;  ///< if it migrates, the worker in whose list of live tasks it stands
  // A root that was ever suspended stands in its worker's list; a child does not, but has a parent and a root.
  union {
    TaskBase* previous_live;
    TaskBase* parent_task;
  };
  union {
    TaskBase* next_live;
    TaskBase* root_task;
  };

 protected:
  ~TaskBase() = default;
};

/// Root tasks that were suspended and have not ended, in no particular order. All others run, or are queued to start:
/// most tasks never come here.
class LiveTasks {
 public:
  void insert(TaskBase& task) noexcept {
    task.previous_live = nullptr;
    task.next_live = first_;
    if (first_ != nullptr) first_->previous_live = &task;
    first_ = &task;
  }
  void remove(TaskBase& task) noexcept {
    (task.previous_live != nullptr ? task.previous_live->next_live : first_) = task.next_live;
    if (task.next_live != nullptr) task.next_live->previous_live = task.previous_live;
  }
  TaskBase* first() const noexcept { return first_; }
  bool empty() const noexcept { return first_ == nullptr; }

 private:
  TaskBase* first_ = nullptr;
};

/// Guards a few instructions that hardly ever meet, where a mutex would cost more than what it protects.
class SpinLock {
 public:
  void lock() noexcept;
  void unlock() noexcept { held_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> held_{false};
};

/// One per worker thread, owned by the runtime.
struct Worker {
  static constexpr std::uint16_t no_worker = 0xfffe;

  Runtime* runtime = nullptr;
  std::uint16_t index = 0;
  /// `index` if the runtime takes jobs for this worker out of `ready`: then scheduling one here is a push and no call.
  std::uint16_t queues_for = no_worker;
  bool draining = false;  ///< the runtime is being destroyed: a task that would start is dropped
  RunQueue ready;         ///< jobs for this worker, from itself or handed over to it; in order
  LiveTasks tasks;
  // Where tasks migrate: those first suspended here, which may end on any worker, and all workers by index.
  SpinLock migrating_lock;
  LiveTasks migrating;
  Worker* const* peers = nullptr;
  WorkerCounters counters;
};

namespace detail {
extern constinit thread_local Worker* current_worker;
}

/// The worker that the calling thread is, or null outside every runtime.
inline Worker* this_worker() noexcept { return detail::current_worker; }

/// For runtimes: makes the calling thread a worker for its lifetime; nests.
class WorkerScope {
 public:
  explicit WorkerScope(Worker& worker) noexcept;
  ~WorkerScope();
  WorkerScope(const WorkerScope&) = delete;
  WorkerScope& operator=(const WorkerScope&) = delete;

 private:
  Worker* outer_;
};

}  // namespace gauntlet
