#include "runtimes/task/migration.hpp"

namespace gauntlet {

using namespace migration;

namespace {

bool replace(TaskShared& task, std::uint8_t& seen, unsigned wanted) noexcept {
  return task.word.compare_exchange_weak(seen, static_cast<std::uint8_t>(wanted), std::memory_order_acq_rel,
                                         std::memory_order_acquire);
}

/// The completer came and went while somebody was busy with the task.
void pass_on(Op& op) noexcept { this_worker()->runtime->schedule(op); }

}  // namespace

bool TaskCore::start_migrating(Op& op, Runtime& runtime) noexcept {
  // Not waiting for anything is the cheapest way to cancel; only a close must happen in any case.
  if ((root_->shared().word.load(std::memory_order_acquire) & cancel) != 0 && op.kind() != OpKind::close) {
    change_word(root_->shared(), running_word, ready_word);
    runtime.schedule(*root_);
    return true;
  }
  wait_for(op);
  if (runtime.submit(op) == Submitted::done) {
    stop_waiting(op);
    return false;
  }
  end_migrating_wait(*root_);
  return true;
}

void TaskCore::begin_migrating_wait() noexcept {
  change_word(root_->shared(), running_word, waiting_word | suspending);
}

void TaskCore::end_migrating_wait(TaskCore& root) noexcept {
  TaskShared& task = root.shared();
  Op& op = *root.pending;
  std::uint8_t seen = task.word.load(std::memory_order_acquire);
  for (;;) {
    if ((seen & completed) != 0) {
      if (replace(task, seen, seen & ~(suspending | completed))) return pass_on(op);
    } else if ((seen & cancel) != 0) {
      if (replace(task, seen, (seen & ~suspending) | cancelling)) return cancel_claimed(root);
    } else if (replace(task, seen, seen & ~suspending)) {
      return;  // from here on another worker may resume, finish and free the task
    }
  }
}

bool TaskCore::claim_completion(TaskCore& root) noexcept {
  TaskShared& task = root.shared();
  std::uint8_t seen = task.word.load(std::memory_order_acquire);
  for (;;) {
    if ((seen & (suspending | cancelling)) != 0) {
      if (replace(task, seen, seen | completed)) return false;
    } else if (replace(task, seen, (seen & ~task_state_mask) | ready_word)) {
      return true;
    }
  }
}

void TaskCore::resume_migrating(TaskCore& core) noexcept {
  TaskCore& task = core.root();
  std::uint8_t seen = task.shared().word.load(std::memory_order_acquire);
  do {
    if ((seen & cancel) != 0) return task.drop();
  } while (!replace(task.shared(), seen, (seen & ~task_state_mask) | running_word));
  core.handle().resume();
}

void TaskCore::request_cancel_migrating(TaskShared& task) noexcept {
  std::uint8_t seen = task.word.load(std::memory_order_acquire);
  for (;;) {
    const auto state = static_cast<TaskState>(seen & task_state_mask);
    if (state >= TaskState::done || (seen & cancel) != 0) return;
    if (state != TaskState::waiting || (seen & suspending) != 0) {
      if (replace(task, seen, seen | cancel)) return;
    } else if (replace(task, seen, seen | cancel | cancelling)) {
      return cancel_claimed(TaskCore::of(task));
    }
  }
}

void TaskCore::cancel_claimed(TaskCore& root) noexcept {
  TaskShared& task = root.shared();
  Op& op = *root.pending;
  if (op.kind() == OpKind::external) {
    ExternalOp& external = static_cast<ExternalOp&>(op);
    if (external.withdraw(external)) {
      op.in_flight = false;
      root.pending = nullptr;
      change_word(task, waiting_word | cancelling, ready_word);
      return this_worker()->runtime->schedule(root);
    }
  } else {
    this_worker()->runtime->cancel(op);
  }
  std::uint8_t seen = task.word.load(std::memory_order_acquire);
  for (;;) {
    if ((seen & completed) != 0) {
      if (replace(task, seen, seen & ~(cancelling | completed))) return pass_on(op);
    } else if (replace(task, seen, seen & ~cancelling)) {
      return;
    }
  }
}

}  // namespace gauntlet
