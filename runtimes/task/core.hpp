// What every coroutine frame of this project carries, independent of its result type.
//
// A chain of awaiting coroutines has one root, which was spawned; the root's id, state and cancellation are the task's.
// Memory of a frame: | TaskShared | compiler's frame: resume, destroy, promise (TaskCore, result), locals |
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/runtime.hpp"
#include "runtimes/contract/worker.hpp"
#include "runtimes/task/external_wait.hpp"
#include "runtimes/task/frame_cache.hpp"
#include "runtimes/task/shared.hpp"

namespace gauntlet {

class TaskCore : public TaskBase {
 public:
  TaskCore() noexcept : TaskBase(&resume_job), pending_() {}
  ~TaskCore() {
    if (has(Mark::failed)) failure_.~exception_ptr();
  }

  static void* operator new(std::size_t bytes) {
    return new (allocate_frame(bytes + sizeof(TaskShared))) TaskShared + 1;
  }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    TaskShared* shared = static_cast<TaskShared*>(memory) - 1;
    // Not a root: nobody else knows of it.
    if (shared->references.load(std::memory_order_relaxed) == 0) return free_frame(shared, bytes + sizeof(TaskShared));
    static_assert(sizeof(TaskRemains) <= sizeof(TaskCore));
    new (memory) TaskRemains{bytes + sizeof(TaskShared)};
  }

  std::coroutine_handle<> handle() noexcept { return std::coroutine_handle<TaskCore>::from_promise(*this); }
  TaskCore& root() noexcept { return has(Mark::child) ? static_cast<TaskCore&>(*root_task) : *this; }
  /// Roots only.
  TaskShared& shared() noexcept { return static_cast<TaskShared*>(handle().address())[-1]; }
  static TaskCore& of(TaskShared& shared) noexcept {
    return std::coroutine_handle<TaskCore>::from_address(shared.frame()).promise();
  }

  /// Makes this the child of `parent`, which is resumed when this has finished.
  void set_parent(TaskCore& parent) noexcept {
    set(Mark::child);
    parent_task = &parent;
    root_task = &parent.root();
  }

  /// Makes this a root that a handle refers to, to be resumed on worker `home` (Job::any_worker: on whichever).
  void become_root(std::uint16_t home) noexcept {
    shared().be_born(home);
    worker = home;
    run = &start_root;
  }

  /// Before a root is scheduled: its runtime has admitted it, and is told of its end.
  void count_end() noexcept { set(Mark::counted); }

  /// Null for a root.
  TaskCore* parent() const noexcept { return has(Mark::child) ? static_cast<TaskCore*>(parent_task) : nullptr; }

  /// Starts an operation for the coroutine of this core. True: suspended, `op.run` will resume it.
  bool start(Op& op, Runtime& runtime) noexcept {
    TaskCore& task = root();
    op.owner = this;
    op.worker = task.worker;
    if (task.migrates()) return start_migrating(op, runtime);
    if (runtime.submit(op) == Submitted::done) return false;
    op.in_flight = true;
    task.pending_ = PendingWait(op);
    task.shared().set_state(TaskState::waiting);
    task.honour_cancel();
    return true;
  }

  /// The coroutine of this core is about to stay suspended until it is scheduled, see ExternalWait. Comes before `wait`
  /// is made known to whoever ends it, who may be another thread; then end_suspending() or stop_waiting() follows.
  void wait_for(ExternalWait& wait) noexcept {
    TaskCore& task = root();
    wait.waiter = this;
    worker = task.worker;
    run = &resume_woken;
    task.pending_ = PendingWait(wait);
    if (task.migrates()) return begin_migrating_wait(task);
    task.shared().set_state(TaskState::waiting);
  }

  /// After wait_for, when the wait is known: a task that was cancelled while it ran does not wait. If the task migrates
  /// it may be gone when this returns.
  void end_suspending() noexcept {
    TaskCore& task = root();
    if (task.migrates()) return end_migrating_wait(task);
    task.honour_cancel();
  }

  /// After wait_for, when there turned out to be nothing to wait for and nobody will schedule this.
  void stop_waiting() noexcept;

  /// About to be scheduled again without waiting for anything.
  void become_ready() noexcept {
    TaskCore& task = root();
    worker = task.worker;
    run = &resume_job;
    if (task.migrates()) return become_ready_migrating(task);
    task.shared().set_state(TaskState::ready);
  }

  /// Asks for cancellation, on the home worker; of a task that migrates, on any worker of its runtime. The task is
  /// dropped where it is suspended now or next.
  void request_cancel() noexcept;
  /// The same for a task that migrates and may have ended; the caller holds a reference.
  static void request_cancel_migrating(TaskShared& task) noexcept;

  /// For schedulers: the job starts a task, or resumes one whose wait is over.
  static bool is_start(const Job& job) noexcept { return job.run == &start_root; }
  static bool is_completion(const Job& job) noexcept { return job.run == &resume_waiter || job.run == &resume_woken; }

  /// Completion of every operation that a coroutine awaits.
  static void resume_waiter(Job& job) noexcept;

 protected:
  /// Marks kept in Job::tag.
  enum class Mark : std::uint8_t {
    child = 1,   ///< awaited by another coroutine; the links of TaskBase are its parent and its root
    failed = 2,  ///< it ended with an exception
    valued = 4,  ///< it ended with a result
    counted = 8  ///< a root whose end its runtime is told of
  };
  static constexpr std::uint8_t ends_unusually = 2 | 8;  ///< failed or counted: one test for both
  bool has(Mark mark) const noexcept { return (tag & static_cast<std::uint8_t>(mark)) != 0; }
  void set(Mark mark) noexcept { tag = static_cast<std::uint8_t>(tag | static_cast<std::uint8_t>(mark)); }
  void clear(Mark mark) noexcept { tag = static_cast<std::uint8_t>(tag & ~static_cast<std::uint8_t>(mark)); }

  /// Keeps the exception that is being handled.
  void fail() noexcept {
    new (&failure_) std::exception_ptr(std::current_exception());
    set(Mark::failed);
  }
  /// Of a coroutine that has failed; once.
  std::exception_ptr take_failure() noexcept {
    std::exception_ptr taken = std::move(failure_);
    failure_.~exception_ptr();
    new (&pending_) PendingWait();
    clear(Mark::failed);
    return taken;
  }

  /// Ends a root that ran to its end: destroys its frame, this included, and leaves the exception in what remains.
  TaskShared& destroy_finished_root() noexcept;

 private:
  static void start_root(Job& job) noexcept;
  static void resume_job(Job& job) noexcept;
  static void resume_woken(Job& job) noexcept;
  static void resume_ended_wait(TaskCore& core, TaskCore& task) noexcept;

  // Of roots.
  TaskShared& destroy_unusual_root(Worker& here) noexcept;
  static void tell_end(Runtime& runtime, TaskShared& task) noexcept;
  void honour_cancel() noexcept {
    if (cancel_requested) [[unlikely]]
      cancel_pending();
  }
  void leave_list(Worker& here) noexcept;
  void cancel_pending() noexcept;
  bool withdraw_pending() noexcept;
  void drop() noexcept;

  // For tasks that migrate: see migration.hpp.
  static void enter_shared_list(TaskCore& root, Worker& here) noexcept;
  static void leave_shared_list(TaskCore& root, Worker& here) noexcept;
  bool start_migrating(Op& op, Runtime& runtime) noexcept;
  static void begin_migrating_wait(TaskCore& root) noexcept;
  static void end_migrating_wait(TaskCore& root) noexcept;
  static void stop_migrating_wait(TaskCore& root) noexcept;
  static void become_ready_migrating(TaskCore& root) noexcept;
  static bool claim_completion(TaskCore& root) noexcept;
  static void cancel_claimed(TaskCore& root) noexcept;
  static void resume_migrating(TaskCore& core, TaskCore& root) noexcept;
  static void pass_on(PendingWait wait) noexcept;

  // A coroutine that has ended waits for nothing.
  union {
    PendingWait pending_;  ///< roots only
    std::exception_ptr failure_;
  };
};

}  // namespace gauntlet
