// What every coroutine frame of this project carries, independent of its result type.
//
// A chain of awaiting coroutines has one root, which was spawned; the root's id, state and cancellation are the task's.
// Memory of a frame: | TaskShared | compiler's frame: resume, destroy, promise (TaskCore, result), locals |
//
// A promise is trivially destructible, and the memory of a root's frame outlives the frame: the outcome of a task stays
// in its promise, where the handle finds it after parameters and locals are gone. So a socket among them is closed by
// its task, never by a handle; and no result is moved but to whoever takes it.
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
#include "runtimes/task/manual_lifetime.hpp"
#include "runtimes/task/shared.hpp"

namespace gauntlet {

class TaskCore : public TaskBase {
 public:
  TaskCore() noexcept : TaskBase(nullptr), pending_() {}

  static void* operator new(std::size_t bytes) {
    const std::size_t whole = bytes + sizeof(TaskShared);
    return new (allocate_frame(whole)) TaskShared(frame_class_for(whole)) + 1;
  }
  /// That of a root stays, see TaskShared::release().
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    TaskShared* shared = static_cast<TaskShared*>(memory) - 1;
    if (!shared->is_root()) free_frame(shared, bytes + sizeof(TaskShared));
  }

  std::coroutine_handle<> handle() noexcept { return std::coroutine_handle<TaskCore>::from_promise(*this); }
  TaskCore& root() noexcept { return has(Mark::child) ? static_cast<TaskCore&>(*root_task) : *this; }
  /// Roots only.
  TaskShared& shared() noexcept { return static_cast<TaskShared*>(handle().address())[-1]; }
  static TaskCore& of(TaskShared& shared) noexcept {
    return std::coroutine_handle<TaskCore>::from_address(shared.frame()).promise();
  }

  /// Of a root that has started: it did not run to where it is in one go.
  bool was_suspended() const noexcept { return has(Mark::listed); }

  /// Makes this the child of `parent`, which is resumed when this has finished.
  void set_parent(TaskCore& parent) noexcept {
    set(Mark::child);
    worker = parent.worker;
    parent_task = &parent;
    root_task = &parent.root();
  }

  /// Makes this a root that a handle refers to, to be resumed on worker `home` (Job::any_worker: on whichever).
  void become_root(std::uint16_t home) noexcept {
    shared().be_born(home);
    worker = home;
    if (home == any_worker) set(Mark::migrating);
    run = &start_root;
  }

  /// Before a root is scheduled: its runtime has admitted it, and is told of its end.
  void count_end() noexcept { set(Mark::counted); }

  /// Null for a root.
  TaskCore* parent() const noexcept { return has(Mark::child) ? static_cast<TaskCore*>(parent_task) : nullptr; }

  /// Starts an operation for the coroutine of this core. True: suspended, `op.run` will resume it.
  bool start(Op& op, Runtime& runtime) noexcept {
    op.owner = this;
    op.worker = worker;
    if (migrates()) return start_migrating(op, runtime);
    if (runtime.submit(op) == Submitted::done) return false;
    op.in_flight = true;
    begin_waiting(PendingWait(op));
    root().honour_cancel();
    return true;
  }

  /// The coroutine of this core is about to stay suspended until it is scheduled, see ExternalWait. Comes before `wait`
  /// is made known to whoever ends it, who may be another thread; then end_suspending() or stop_waiting() follows.
  void wait_for(ExternalWait& wait) noexcept {
    wait.waiter = this;
    run = &resume_woken;
    begin_waiting(PendingWait(wait));
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
    run = &resume_job;
    if (is_plain_root()) [[likely]]
      return shared().set_state(TaskState::ready);
    root().root_becomes_ready();
  }

  /// Asks for cancellation, on the home worker; of a task that migrates, on any worker of its runtime. The task is
  /// dropped where it is suspended now or next.
  void request_cancel() noexcept;
  /// The same for a task that migrates and may have ended; the caller holds a reference.
  static void request_cancel_migrating(TaskShared& task) noexcept;

  /// `joiner`, a coroutine of a task with a home, waits no more for the task that has ended there: what is to be
  /// resumed now, instead of being scheduled.
  static std::coroutine_handle<> end_wait(Job& joiner) noexcept {
    TaskCore& core = static_cast<TaskCore&>(joiner);
    TaskCore& task = core.root();
    task.pending_ = PendingWait();
    task.shared().set_state(TaskState::running);
    return core.handle();
  }

  /// For schedulers: the job starts a task, or resumes one whose wait is over.
  static bool is_start(const Job& job) noexcept { return job.run == &start_root; }
  static bool is_completion(const Job& job) noexcept { return job.run == &resume_waiter || job.run == &resume_woken; }

  /// Ends a root that may not run, before it was scheduled; any thread.
  void refuse(std::exception_ptr why) noexcept;

  /// The exception that a root ended with; once.
  static std::exception_ptr take_failure_of(TaskShared& ended) noexcept { return of(ended).take_failure(); }

  /// Completion of every operation that a coroutine awaits.
  static void resume_waiter(Job& job) noexcept;

 protected:
  /// Kept in Job::tag.
  struct Mark {
    enum : std::uint8_t {
      child = 1,       ///< awaited by another coroutine; the links of TaskBase are its parent and its root
      failed = 2,      ///< it ended with an exception
      valued = 4,      ///< it ended with a result
      counted = 8,     ///< a root whose end its runtime is told of
      listed = 16,     ///< a root that was suspended, and stands in a worker's list of live tasks
      cancelled = 32,  ///< a root with a home: whoever resumes it next drops it instead, destroys its frame
      migrating = 64   ///< a root that any worker may resume
    };
  };
  // Together, so that one test finds the usual case.
  static constexpr int outcome = Mark::failed | Mark::valued;
  static constexpr int ends_unusually = Mark::failed | Mark::counted | Mark::listed;
  static constexpr int resumes_unusually = Mark::child | Mark::migrating | Mark::cancelled;
  /// Any of them.
  bool has(int marks) const noexcept { return (tag & marks) != 0; }
  void set(int mark) noexcept { tag = static_cast<std::uint8_t>(tag | mark); }
  void clear(int mark) noexcept { tag = static_cast<std::uint8_t>(tag & ~mark); }

  void fail(std::exception_ptr why) noexcept {
    failure_.begin(std::move(why));
    set(Mark::failed);
  }
  /// Keeps the exception that is being handled.
  void fail() noexcept { fail(std::current_exception()); }
  /// Of a coroutine that has failed; once.
  std::exception_ptr take_failure() noexcept {
    std::exception_ptr taken = std::move(failure_.get());
    failure_.end();
    new (&pending_) PendingWait();
    clear(Mark::failed);
    return taken;
  }

  /// A root has run to its end on worker `here`: ends all of its frame but the promise. With nothing to destroy in it,
  /// no call is made for that.
  template <bool has_parameters_to_destroy>
  void end_root(Worker& here) noexcept {
    here.counters.tasks_finished.add();
    if (has(ends_unusually)) [[unlikely]]
      return end_unusual_root(here);
    shared().set_state(TaskState::done);
    if constexpr (has_parameters_to_destroy) handle().destroy();
  }

 private:
  static void start_root(Job& job) noexcept;
  static void resume_job(Job& job) noexcept;
  static void resume_woken(Job& job) noexcept;
  static void resume(TaskCore& core) noexcept;
  static void resume_unusual(TaskCore& core) noexcept;

  /// The usual case, found by one test: a root with a home that is not suspended for the first time.
  bool is_plain_root() const noexcept { return (tag & (Mark::listed | Mark::child | Mark::migrating)) == Mark::listed; }
  void begin_waiting(PendingWait wait) noexcept {
    if (!is_plain_root()) return root().root_begins_waiting(wait);
    pending_ = wait;
    shared().set_state(TaskState::waiting);
  }

  // Of roots.
  void end_unusual_root(Worker& here) noexcept;
  void root_begins_waiting(PendingWait wait) noexcept;
  void root_becomes_ready() noexcept;
  static void tell_end(Runtime& runtime, TaskShared& task) noexcept;
  void honour_cancel() noexcept {
    if (has(Mark::cancelled)) [[unlikely]]
      cancel_pending();
  }
  void be_listed() noexcept {
    if (!has(Mark::listed)) [[unlikely]]
      enter_list(*this_worker());
  }
  void enter_list(Worker& here) noexcept;
  void leave_list(Worker& here) noexcept;
  void cancel_pending() noexcept;
  bool withdraw_pending() noexcept;
  void drop(Worker& here) noexcept;

  // For tasks that migrate: see migration.hpp.
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
    ManualLifetime<std::exception_ptr> failure_;
  };
};

}  // namespace gauntlet
