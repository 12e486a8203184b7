#include "runtimes/task/core.hpp"

#include <mutex>

namespace gauntlet {

inline void TaskCore::resume(TaskCore& core) noexcept {
  if (core.has(resumes_unusually)) [[unlikely]]
    return resume_unusual(core);
  core.shared().set_state(TaskState::running);
  core.handle().resume();
}

void TaskCore::resume_unusual(TaskCore& core) noexcept {
  TaskCore& task = core.root();
  if (task.migrates()) return resume_migrating(core, task);
  if (task.has(Mark::cancelled)) return task.drop(*this_worker());
  task.shared().set_state(TaskState::running);
  core.handle().resume();
}

void TaskCore::start_root(Job& job) noexcept {
  TaskCore& task = static_cast<TaskCore&>(job);
  Worker& here = *this_worker();
  assert((task.migrates() || task.worker == here.index) && "a task was resumed away from its home");
  here.counters.tasks_started.add();
  if (here.draining) [[unlikely]]
    return task.drop(here);
  resume(task);
}

void TaskCore::resume_job(Job& job) noexcept {
  TaskCore& core = static_cast<TaskCore&>(job);
  resume(core);
}

void TaskCore::resume_waiter(Job& job) noexcept {
  Op& op = static_cast<Op&>(job);
  TaskCore& core = *static_cast<TaskCore*>(op.owner);
  TaskCore& task = core.root();
  if (task.migrates() && !claim_completion(task)) return;
  op.in_flight = false;
  task.pending_ = PendingWait();
  resume(core);
}

void TaskCore::resume_woken(Job& job) noexcept {
  TaskCore& core = static_cast<TaskCore&>(job);
  TaskCore& task = core.root();
  if (task.migrates() && !claim_completion(task)) return;
  task.pending_ = PendingWait();
  resume(core);
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
  if (has(Mark::cancelled) || shared().state() >= TaskState::done) return;
  set(Mark::cancelled);
  if (pending_) cancel_pending();
}

void TaskCore::root_begins_waiting(PendingWait wait) noexcept {
  be_listed();
  pending_ = wait;
  if (migrates()) return begin_migrating_wait(*this);
  shared().set_state(TaskState::waiting);
}

void TaskCore::root_becomes_ready() noexcept {
  be_listed();
  if (migrates()) return become_ready_migrating(*this);
  shared().set_state(TaskState::ready);
}

void TaskCore::enter_list(Worker& here) noexcept {
  set(Mark::listed);
  if (!migrates()) return here.tasks.insert(*this);
  listed_at = here.index;
  const std::lock_guard lock(here.migrating_lock);
  here.migrating.insert(*this);
}

void TaskCore::leave_list(Worker& here) noexcept {
  if (!has(Mark::listed)) return;
  if (!migrates()) return here.tasks.remove(*this);
  Worker& listed = *here.peers[listed_at];
  const std::lock_guard lock(listed.migrating_lock);
  listed.migrating.remove(*this);
}

void TaskCore::end_unusual_root(Worker& here) noexcept {
  leave_list(here);
  TaskShared& mine = shared();
  const bool failed = has(Mark::failed);
  if (failed) {
    here.counters.tasks_failed.add();
    if (RuntimeHooks* hooks = here.runtime->hooks()) hooks->on_task_failure(mine.id(), failure_.get());
  }
  mine.set_state(failed ? TaskState::failed : TaskState::done);
  handle().destroy();
  if (has(Mark::counted)) tell_end(*here.runtime, mine);
}

void TaskCore::tell_end(Runtime& runtime, TaskShared& task) noexcept {
  runtime.task_ended();
  if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_task_finish(task.id());
}

void TaskCore::drop(Worker& here) noexcept {
  leave_list(here);
  here.counters.tasks_finished.add();
  here.counters.tasks_cancelled.add();
  TaskShared& mine = shared();
  mine.set_state(TaskState::cancelled);
  handle().destroy();
  if (has(Mark::counted)) tell_end(*here.runtime, mine);
  if (mine.announce_end(here)) mine.release();
}

void TaskCore::refuse(std::exception_ptr why) noexcept {
  TaskShared& mine = shared();
  handle().destroy();
  fail(std::move(why));
  mine.set_state(TaskState::failed);
  // Nobody has its handle yet.
  mine.end.store(TaskShared::finished, std::memory_order_release);
}

}  // namespace gauntlet
