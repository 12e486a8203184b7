// What every coroutine frame of this project carries, independent of its result type.
//
// A chain of awaiting coroutines has one root, which was spawned; the root's id, state and cancellation are the task's.
// Memory of a frame: | TaskShared | compiler's frame: resume, destroy, promise (TaskCore, result), locals |
#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/runtime.hpp"
#include "runtimes/contract/worker.hpp"

namespace gauntlet {

enum class TaskState : std::uint8_t { ready, running, waiting, done, cancelled, failed };

/// Waits for a task to finish: a join, or the owner of a block_on. `runtime` is where it is scheduled then.
class JoinWaiter : public ExternalOp {
 public:
  JoinWaiter(Run completion, Withdraw undo) noexcept : ExternalOp(completion, undo) {}
  Runtime* runtime = nullptr;
};

/// What is left in the memory of a root's frame when the task has ended and a handle still refers to it: the outcome.
/// Parameters and locals are gone by then, so that a socket among them is closed by its task, never by a handle.
struct TaskRemains {
  std::size_t bytes = 0;                             ///< of the whole allocation
  void (*destroy)(TaskRemains&) noexcept = nullptr;  ///< of a result behind this; null: there is none
  std::exception_ptr exception = nullptr;
};

/// The part of a root that outlives its frame as long as a handle exists. Stands before every frame; only a spawned
/// root uses it.
struct TaskShared {
  static constexpr std::uint8_t no_home = 0xff;

  std::atomic<JoinWaiter*> joiner{nullptr};  ///< null, the one waiter, or finished()
  std::atomic<std::uint8_t> references{0};   ///< the task itself, its handle, cancel requests on their way
  std::atomic<TaskState> state{TaskState::ready};
  std::uint8_t home = no_home;  ///< index of the worker that alone resumes it; set before it is scheduled
  std::uint8_t id_high = 0;
  std::uint32_t id_low = 0;

  static JoinWaiter* finished() noexcept { return reinterpret_cast<JoinWaiter*>(std::uintptr_t{1}); }
  /// Repeats after 2^40 tasks.
  std::uint64_t id() const noexcept { return std::uint64_t{id_high} << 32 | id_low; }
  void* frame() noexcept { return this + 1; }
  /// Once the frame is destroyed.
  TaskRemains& remains() noexcept { return *static_cast<TaskRemains*>(frame()); }
  /// The task has ended; its waiter, if any, is scheduled.
  void tell_joiner() noexcept;
  /// Gives up one reference; the last one frees whatever is left.
  void release() noexcept;
};
static_assert(sizeof(TaskShared) == 16, "frames behind it must stay aligned to 16");

class TaskCore : public TaskBase {
 public:
  TaskCore() noexcept : TaskBase(&resume_job), root_(this) {}

  static void* operator new(std::size_t bytes);
  static void operator delete(void* memory, std::size_t bytes) noexcept;

  std::coroutine_handle<> handle() noexcept { return std::coroutine_handle<TaskCore>::from_promise(*this); }
  TaskCore& root() noexcept { return *root_; }
  /// Roots only.
  TaskShared& shared() noexcept { return static_cast<TaskShared*>(handle().address())[-1]; }
  static TaskCore& of(TaskShared& shared) noexcept {
    return std::coroutine_handle<TaskCore>::from_address(shared.frame()).promise();
  }

  /// Makes this the child of `parent`, which is resumed when this has finished.
  void set_parent(TaskCore& parent) noexcept {
    parent_ = &parent;
    root_ = parent.root_;
  }

  /// Makes this a root with `references` holders, to be resumed on worker `home` (Job::any_worker: on whichever).
  void become_root(std::uint8_t references, std::uint16_t home) noexcept;

  /// Null for a root.
  TaskCore* parent() const noexcept { return parent_; }

  /// Starts an operation for the coroutine of this core. True: suspended, `op.run` will resume it.
  bool start(Op& op, Runtime& runtime) noexcept {
    op.waiter = this;
    if (runtime.submit(op) == Submitted::done) return false;
    wait_for(op);
    honour_cancel();
    return true;
  }

  /// The coroutine of this core stays suspended until `op` completes.
  void wait_for(Op& op) noexcept {
    op.in_flight = true;
    op.worker = root_->worker;
    root_->pending = &op;
    root_->shared().state.store(TaskState::waiting, std::memory_order_relaxed);
  }

  /// After wait_for: a task that was cancelled while it ran does not wait.
  void honour_cancel() noexcept {
    if (root_->cancel_requested) [[unlikely]]
      cancel_pending(*root_);
  }

  /// Asks for cancellation, on the home worker. The task is dropped where it is suspended now or next.
  void request_cancel() noexcept;

  /// Completion of every operation that a coroutine awaits.
  static void resume_waiter(Job& job) noexcept;
  /// Resumes the coroutine whose core was scheduled.
  static void resume_job(Job& job) noexcept;

  std::exception_ptr exception;

 protected:
  /// Ends a root that ran to its end: destroys its frame, this included, and leaves the exception in what remains.
  TaskShared& destroy_finished_root() noexcept;

 private:
  static void start_root(Job& job) noexcept;
  static void cancel_pending(TaskCore& root) noexcept;
  void drop() noexcept;

  TaskCore* parent_ = nullptr;
  TaskCore* root_;
};

}  // namespace gauntlet
