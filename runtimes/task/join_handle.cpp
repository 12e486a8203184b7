#include "runtimes/task/join_handle.hpp"

namespace gauntlet {

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
    // A finished task may be a dropped one, whose frame is gone.
    if (request.task_->joiner.load(std::memory_order_acquire) != TaskShared::finished()) {
      TaskCore::of(*request.task_).request_cancel();
    }
    request.task_->release();
    delete &request;
  }

  TaskShared* task_;
};

}  // namespace

void JoinHandleBase::cancel() noexcept {
  if (task_ == nullptr || runtime_ == nullptr || finished()) return;
  Runtime& runtime = *std::exchange(runtime_, nullptr);
  const Worker* here = this_worker();
  if (here != nullptr && here->runtime == &runtime && here->index == task_->home) {
    TaskCore::of(*task_).request_cancel();
  } else {
    runtime.schedule(*new CancelRequest(*task_));
  }
}

bool JoinSuspension::suspend(TaskCore& core) noexcept {
  waiter_.waiter = &core;
  waiter_.runtime = this_worker()->runtime;
  // In flight before it is published: the task may finish on another thread at once.
  core.wait_for(waiter_);
  JoinWaiter* expected = nullptr;
  if (task_->joiner.compare_exchange_strong(expected, &waiter_, std::memory_order_acq_rel)) {
    core.honour_cancel();
    return true;
  }
  assert(expected == TaskShared::finished() && "a task has at most one waiter");
  waiter_.in_flight = false;
  core.root().pending = nullptr;
  core.root().shared().state.store(TaskState::running, std::memory_order_relaxed);
  return false;
}

bool JoinSuspension::Waiter::undo(ExternalOp& op) noexcept {
  auto& self = static_cast<Waiter&>(op);
  JoinWaiter* expected = &self;
  return self.suspension->task_->joiner.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
}

}  // namespace detail

}  // namespace gauntlet
