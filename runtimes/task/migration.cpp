#include "runtimes/task/migration.hpp"

namespace gauntlet {

using namespace migration;

namespace {

bool replace(TaskShared& task, std::uint8_t& seen, unsigned wanted) noexcept {
  return task.word.compare_exchange_weak(seen, static_cast<std::uint8_t>(wanted), std::memory_order_acq_rel,
                                         std::memory_order_acquire);
}

}  // namespace

/// The completer came and went while somebody was busy with the task.
void TaskCore::pass_on(PendingWait wait) noexcept {
  Runtime& runtime = *this_worker()->runtime;
  if (Op* op = wait.op()) return runtime.schedule(*op);
  runtime.schedule(*wait.external().waiter);
}

bool TaskCore::start_migrating(Op& op, Runtime& runtime) noexcept {
  // Not waiting for anything is the cheapest way to cancel; only a close must happen in any case.
  TaskCore& task = root();
  const bool closes = op.kind() == OpKind::close || op.kind() == OpKind::close_file;
  if ((task.shared().word.load(std::memory_order_acquire) & cancel) != 0 && !closes) {
    become_ready_migrating(task);
    task.run = &resume_job;
    runtime.schedule(task);
    return true;
  }
  op.in_flight = true;
  task.root_begins_waiting(PendingWait(op));
  if (runtime.submit(op) == Submitted::done) {
    op.in_flight = false;
    stop_waiting();
    return false;
  }
  end_migrating_wait(task);
  return true;
}

void TaskCore::begin_migrating_wait(TaskCore& root) noexcept {
  change_word(root.shared(), running_word, waiting_word | suspending);
}

void TaskCore::stop_migrating_wait(TaskCore& root) noexcept {
  change_word(root.shared(), waiting_word | suspending, running_word);
}

void TaskCore::become_ready_migrating(TaskCore& root) noexcept { change_word(root.shared(), running_word, ready_word); }

void TaskCore::end_migrating_wait(TaskCore& root) noexcept {
  TaskShared& task = root.shared();
  const PendingWait wait = root.pending_;
  std::uint8_t seen = task.word.load(std::memory_order_acquire);
  for (;;) {
    if ((seen & completed) != 0) {
      if (replace(task, seen, seen & ~(suspending | completed))) return pass_on(wait);
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

void TaskCore::resume_migrating(TaskCore& core, TaskCore& root) noexcept {
  std::uint8_t seen = root.shared().word.load(std::memory_order_acquire);
  do {
    if ((seen & cancel) != 0) return root.drop(*this_worker());
  } while (!replace(root.shared(), seen, (seen & ~task_state_mask) | running_word));
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
  const PendingWait wait = root.pending_;
  Runtime& runtime = *this_worker()->runtime;
  if (Op* op = wait.op()) {
    runtime.cancel(*op);
  } else if (root.withdraw_pending()) {
    change_word(task, waiting_word | cancelling, ready_word);
    return runtime.schedule(root);
  }
  std::uint8_t seen = task.word.load(std::memory_order_acquire);
  for (;;) {
    if ((seen & completed) != 0) {
      if (replace(task, seen, seen & ~(cancelling | completed))) return pass_on(wait);
    } else if (replace(task, seen, seen & ~cancelling)) {
      return;
    }
  }
}

}  // namespace gauntlet
