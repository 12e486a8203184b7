// JoinHandle<T>: the owner's end of a spawned task.
#pragma once

#include <expected>
#include <string>
#include <system_error>
#include <utility>

#include "runtimes/task/core.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

/// Why a task never ran: its runtime has as many as RuntimeConfig::max_tasks allows, and its code is out_of_resources,
/// or it was shut down, and the code is not_running.
class TaskRefused final : public std::system_error {
 public:
  using std::system_error::system_error;
};

/// Why a task has no result: it threw, or it was cancelled and dropped.
class TaskFailure {
 public:
  explicit TaskFailure(std::exception_ptr cause) noexcept : cause_(std::move(cause)) {}
  static TaskFailure cancellation() noexcept { return TaskFailure(nullptr); }

  bool cancelled() const noexcept { return cause_ == nullptr; }
  const std::exception_ptr& exception() const noexcept { return cause_; }
  /// cancelled; out_of_resources or not_running of a task that was refused; else task_failed.
  std::error_code code() const noexcept;
  /// What the exception says; "cancelled" for a cancelled task.
  std::string what() const;

 private:
  std::exception_ptr cause_;
};

template <typename T>
using TaskResult = std::expected<T, TaskFailure>;

namespace detail {

/// Of a task that has ended without a result; gives it up.
TaskFailure take_failure(TaskShared& task) noexcept;

class JoinSuspension;

/// Handle without a type: everything but the result.
class JoinHandleBase {
 public:
  JoinHandleBase() noexcept = default;
  JoinHandleBase(TaskShared& task, Runtime& runtime) noexcept : task_(&task), runtime_(&runtime) {}
  JoinHandleBase(JoinHandleBase&& other) noexcept
      : task_(std::exchange(other.task_, nullptr)), runtime_(other.runtime_) {}

  /// False after detach(), after the result was taken, and for a default-constructed one.
  bool valid() const noexcept { return task_ != nullptr; }
  std::uint64_t id() const noexcept { return task_->id(); }
  TaskState state() const noexcept { return task_->state(); }
  bool finished() const noexcept { return task_->has_finished(); }

  /// Asks the task to end. It is dropped at the point where it is suspended, or suspends next: destructors of its
  /// locals run, its code does not go on. A task that ends first keeps its result. Any thread, while the runtime lives;
  /// the request travels to the task's home. Asking twice is asking once.
  void cancel() noexcept;

  /// Makes `waiter` the one that is told of the end of the task. False: it has ended already.
  bool wait_with(JoinWaiter& waiter) noexcept { return task_->set_waiter(waiter, false); }
  /// Undoes it. False: the waiter is told, or about to be.
  bool stop_waiting_with(JoinWaiter& waiter) noexcept { return task_->remove_waiter(waiter); }

 protected:
  friend class JoinSuspension;
  ~JoinHandleBase() = default;

  /// The worker `here`, null for a thread that is none, is the task's home, and the task can be nowhere else.
  bool is_home(const Worker* here) const noexcept {
    return here != nullptr && here->runtime == runtime_ && here->index == task_->home;
  }

  TaskShared* task_ = nullptr;
  Runtime* runtime_ = nullptr;  ///< null once a cancel request has been sent
};

/// Suspends the awaiting coroutine until the task has finished.
class JoinSuspension : private JoinWaiter {
 public:
  explicit JoinSuspension(JoinHandleBase& handle) noexcept : handle_(&handle) {}
  bool await_ready() const noexcept { return handle_->finished(); }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return suspend(awaiting.promise());
  }

 protected:
  ~JoinSuspension() = default;

  JoinHandleBase* handle_;

 private:
  bool suspend(TaskCore& core) noexcept {
    const Worker& here = *this_worker();
    runtime_ = here.runtime;
    // One that migrates may be cancelled, and this wait withdrawn, on any worker.
    const bool both_stay_here = !core.migrates() && handle_->is_home(&here);
    core.wait_for(*this);
    if (handle_->task_->set_waiter(*this, both_stay_here)) {
      core.end_suspending();
      return true;
    }
    core.stop_waiting();
    return false;
  }
  void joined() noexcept final;
  bool withdraw() noexcept final;

  Runtime* runtime_ = nullptr;
};

}  // namespace detail

/// One end of a spawned task; the other is the task. Move-only. Going out of scope detaches.
/// `co_await handle` waits for the end and takes the result: TaskResult<T>. At most one waiter; once.
template <typename T>
class [[nodiscard]] JoinHandle : public detail::JoinHandleBase {
 public:
  using JoinHandleBase::JoinHandleBase;
  JoinHandle(JoinHandle&&) noexcept = default;
  JoinHandle& operator=(JoinHandle&& other) noexcept {
    if (this != &other) {
      detach();
      task_ = std::exchange(other.task_, nullptr);
      runtime_ = other.runtime_;
    }
    return *this;
  }
  ~JoinHandle() { detach(); }

  /// Lets the task run on, alone. Any thread.
  void detach() noexcept {
    TaskShared* task = task_;
    if (task == nullptr) return;
    const bool has_ended = task->detach(is_home(this_worker()));
    task_ = nullptr;
    if (!has_ended) return;
    Promise::of(*task).end_outcome();
    task->release();
  }

  class Awaiter final : public detail::JoinSuspension {
   public:
    explicit Awaiter(JoinHandle& handle) noexcept : JoinSuspension(handle) {}
    TaskResult<T> await_resume() { return static_cast<JoinHandle*>(handle_)->take(); }
  };

  Awaiter operator co_await() noexcept {
    assert(valid() && "the result was taken, or the handle detached");
    return Awaiter(*this);
  }

  /// The result of a task that has finished. Leaves the handle invalid.
  TaskResult<T> take() {
    assert(finished());
    TaskShared& task = *std::exchange(this->task_, nullptr);
    if (task.state() != TaskState::done) [[unlikely]]
      return std::unexpected(detail::take_failure(task));
    const Release release(task);
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return std::move(Promise::of(task).value());
    }
  }

 private:
  using Promise = detail::Promise<T>;

  /// Ends a result that was taken, and the task's memory.
  class Release {
   public:
    explicit Release(TaskShared& task) noexcept : task_(task) {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    ~Release() {
      if constexpr (!std::is_void_v<T>) Promise::of(task_).end_value();
      task_.release();
    }

   private:
    TaskShared& task_;
  };
};

}  // namespace gauntlet
