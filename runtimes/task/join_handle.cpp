#include "runtimes/task/join_handle.hpp"

namespace gauntlet {

std::error_code TaskFailure::code() const noexcept {
  if (cancelled()) return make_error_code(Errc::cancelled);
  try {
    std::rethrow_exception(cause_);
  } catch (const TaskRefused& refused) {
    return refused.code();
  } catch (...) {
    return make_error_code(Errc::task_failed);
  }
}

std::string TaskFailure::what() const {
  if (cancelled()) return "cancelled";
  try {
    std::rethrow_exception(cause_);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

namespace detail {

namespace {

/// Carries a cancellation to the task's home worker; holds a reference, so that the task may end meanwhile.
class CancelRequest final : public Job {
 public:
  explicit CancelRequest(TaskShared& task) noexcept : Job(&deliver), task_(&task) {
    if (task.home != TaskShared::no_home) worker = task.home;
    task.references.fetch_add(1, std::memory_order_relaxed);
  }

 private:
  static void deliver(Job& job) noexcept {
    auto& request = static_cast<CancelRequest&>(job);
    if (request.task_->home == TaskShared::no_home) {
      TaskCore::request_cancel_migrating(*request.task_);
    } else if (request.task_->state() < TaskState::done) {  // the frame of one that has ended is gone
      TaskCore::of(*request.task_).request_cancel();
    }
    request.task_->release();
    delete &request;
  }

  TaskShared* task_;
};

}  // namespace

TaskFailure take_failure(TaskShared& task) noexcept {
  std::exception_ptr cause;
  if (task.state() == TaskState::failed) cause = TaskCore::take_failure_of(task);
  task.release();
  return TaskFailure(std::move(cause));
}

void JoinHandleBase::cancel() noexcept {
  if (task_ == nullptr || runtime_ == nullptr || state() >= TaskState::done) return;
  Runtime& runtime = *std::exchange(runtime_, nullptr);
  const Worker* here = this_worker();
  const bool inside = here != nullptr && here->runtime == &runtime;
  if (inside && task_->home == TaskShared::no_home) {
    TaskCore::request_cancel_migrating(*task_);
  } else if (inside && here->index == task_->home) {
    TaskCore::of(*task_).request_cancel();
  } else {
    runtime.schedule(*new CancelRequest(*task_));
  }
}

void JoinSuspension::joined() noexcept { runtime_->schedule(*waiter); }

bool JoinSuspension::withdraw() noexcept { return handle_->task_->remove_waiter(*this); }

}  // namespace detail

}  // namespace gauntlet
