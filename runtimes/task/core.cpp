#include "runtimes/task/core.hpp"

#include <mutex>

namespace gauntlet {

void TaskCore::start_root(Job& job) noexcept {
  TaskCore& task = static_cast<TaskCore&>(job);
  Worker& here = *this_worker();
  assert((task.worker == any_worker || task.worker == here.index) && "a task was resumed away from its home");
  if (task.migrates()) {
    enter_shared_list(task, here);
  } else {
    here.tasks.insert(task);
  }
  here.counters.tasks_started.add();
  task.run = &resume_job;
  if (here.draining) [[unlikely]]
    return task.drop();
  resume_job(job);
}

void TaskCore::resume_job(Job& job) noexcept {
  TaskCore& core = static_cast<TaskCore&>(job);
  TaskCore& task = core.root();
  if (task.migrates()) return resume_migrating(core, task);
  if (task.cancel_requested) [[unlikely]]
    return task.drop();
  task.shared().set_state(TaskState::running);
  core.handle().resume();
}

void TaskCore::resume_ended_wait(TaskCore& core, TaskCore& task) noexcept {
  task.pending_ = PendingWait();
  resume_job(core);
}

void TaskCore::resume_waiter(Job& job) noexcept {
  Op& op = static_cast<Op&>(job);
  TaskCore& core = *static_cast<TaskCore*>(op.owner);
  TaskCore& task = core.root();
  if (task.migrates() && !claim_completion(task)) return;
  op.in_flight = false;
  resume_ended_wait(core, task);
}

void TaskCore::resume_woken(Job& job) noexcept {
  TaskCore& core = static_cast<TaskCore&>(job);
  TaskCore& task = core.root();
  if (task.migrates() && !claim_completion(task)) return;
  resume_ended_wait(core, task);
}

bool TaskCore::withdraw_pending() noexcept {
  if (!pending_.external().withdraw()) return false;
  pending_ = PendingWait();
  run = &resume_job;
  return true;
}

void TaskCore::cancel_pending() noexcept {
  Runtime& runtime = *this_worker()->runtime;
  if (Op* op = pending_.op()) return runtime.cancel(*op);
  // Dropped from the ready queue, not here: destructors of this frame must not run inside somebody else's call.
  if (withdraw_pending()) runtime.schedule(*this);
}

void TaskCore::stop_waiting() noexcept {
  TaskCore& task = root();
  task.pending_ = PendingWait();
  if (task.migrates()) return stop_migrating_wait(task);
  task.shared().set_state(TaskState::running);
}

void TaskCore::request_cancel() noexcept {
  if (migrates()) return request_cancel_migrating(shared());
  if (cancel_requested || shared().state() >= TaskState::done) return;
  cancel_requested = true;
  if (pending_) cancel_pending();
}

void TaskCore::enter_shared_list(TaskCore& root, Worker& here) noexcept {
  root.listed_at = here.index;
  const std::lock_guard lock(here.migrating_lock);
  here.migrating.insert(root);
}

void TaskCore::leave_shared_list(TaskCore& root, Worker& here) noexcept {
  Worker& listed = *here.peers[root.listed_at];
  const std::lock_guard lock(listed.migrating_lock);
  listed.migrating.remove(root);
}

void TaskCore::leave_list(Worker& here) noexcept {
  if (migrates()) return leave_shared_list(*this, here);
  here.tasks.remove(*this);
}

TaskShared& TaskCore::destroy_finished_root() noexcept {
  Worker& here = *this_worker();
  leave_list(here);
  here.counters.tasks_finished.add();
  TaskShared& mine = shared();
  if ((tag & ends_unusually) == 0) [[likely]] {
    mine.set_state(TaskState::done);
    handle().destroy();
    return mine;
  }
  return destroy_unusual_root(here);
}

TaskShared& TaskCore::destroy_unusual_root(Worker& here) noexcept {
  TaskShared& mine = shared();
  Runtime& runtime = *here.runtime;
  const bool counted = has(Mark::counted);
  std::exception_ptr kept;
  if (has(Mark::failed)) {
    here.counters.tasks_failed.add();
    kept = take_failure();
    if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_task_failure(mine.id(), kept);
  }
  mine.set_state(kept ? TaskState::failed : TaskState::done);
  handle().destroy();
  mine.remains().exception = std::move(kept);
  if (counted) tell_end(runtime, mine);
  return mine;
}

void TaskCore::tell_end(Runtime& runtime, TaskShared& task) noexcept {
  runtime.task_ended();
  if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_task_finish(task.id());
}

void TaskCore::drop() noexcept {
  Worker& here = *this_worker();
  leave_list(here);
  here.counters.tasks_finished.add();
  here.counters.tasks_cancelled.add();
  TaskShared& mine = shared();
  mine.set_state(TaskState::cancelled);
  const bool counted = has(Mark::counted);
  handle().destroy();
  if (counted) tell_end(*here.runtime, mine);
  mine.announce_end();
}

}  // namespace gauntlet
