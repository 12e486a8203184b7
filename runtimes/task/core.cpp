#include "runtimes/task/core.hpp"

#include <cassert>
#include <new>
#include <utility>

#include "runtimes/task/frame_cache.hpp"

namespace gauntlet {

namespace {

/// Ids are handed to threads in blocks, so that spawning touches no shared cache line.
std::uint64_t next_task_id() noexcept {
  constexpr std::uint64_t block = 4096;
  static std::atomic<std::uint64_t> blocks{0};
  constinit thread_local std::uint64_t next = 0;
  constinit thread_local std::uint64_t end = 0;
  if (next == end) {
    next = blocks.fetch_add(1, std::memory_order_relaxed) * block + 1;
    end = next + block;
  }
  return next++;
}

void set_state(TaskCore& root, TaskState state) noexcept {
  root.shared().state.store(state, std::memory_order_relaxed);
}

}  // namespace

void* TaskCore::operator new(std::size_t bytes) {
  void* memory = allocate_frame(bytes + sizeof(TaskShared));
  return new (memory) TaskShared + 1;
}

void TaskCore::operator delete(void* memory, std::size_t bytes) noexcept {
  TaskShared* shared = static_cast<TaskShared*>(memory) - 1;
  if (shared->references.load(std::memory_order_acquire) == 0) {
    free_frame(shared, bytes + sizeof(TaskShared));
    return;
  }
  static_assert(sizeof(TaskRemains) <= sizeof(TaskCore));
  new (memory) TaskRemains{bytes + sizeof(TaskShared)};
}

void TaskShared::release() noexcept {
  if (references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  TaskRemains& left = remains();
  const std::size_t bytes = left.bytes;
  if (left.destroy != nullptr) {
    left.destroy(left);
  } else {
    left.~TaskRemains();
  }
  free_frame(this, bytes);
}

void TaskCore::become_root(std::uint8_t references, std::uint16_t home) noexcept {
  TaskShared& mine = shared();
  const std::uint64_t id = next_task_id();
  mine.id_high = static_cast<std::uint8_t>(id >> 32);
  mine.id_low = static_cast<std::uint32_t>(id);
  mine.references.store(references, std::memory_order_relaxed);
  mine.home = static_cast<std::uint8_t>(home);
  worker = home;
  run = &start_root;
}

void TaskCore::start_root(Job& job) noexcept {
  TaskCore& task = static_cast<TaskCore&>(job);
  Worker& here = *this_worker();
  assert((task.worker == any_worker || task.worker == here.index) && "a task was resumed away from its home");
  here.tasks.insert(task);
  here.counters.tasks_started.add();
  task.run = &resume_job;
  if (here.draining) [[unlikely]]
    return task.drop();
  resume_job(job);
}

void TaskCore::resume_job(Job& job) noexcept {
  TaskCore& core = static_cast<TaskCore&>(job);
  TaskCore& task = core.root();
  if (task.cancel_requested) [[unlikely]]
    return task.drop();
  set_state(task, TaskState::running);
  core.handle().resume();
}

void TaskCore::resume_waiter(Job& job) noexcept {
  Op& op = static_cast<Op&>(job);
  op.in_flight = false;
  TaskCore& core = static_cast<TaskCore&>(*op.waiter);
  core.root().pending = nullptr;
  resume_job(core);
}

void TaskCore::cancel_pending(TaskCore& root) noexcept {
  Op& op = *root.pending;
  if (op.kind() != OpKind::external) return this_worker()->runtime->cancel(op);
  ExternalOp& external = static_cast<ExternalOp&>(op);
  if (!external.withdraw(external)) return;
  op.in_flight = false;
  root.pending = nullptr;
  // Dropped from the ready queue, not here: destructors of this frame must not run inside somebody else's call.
  this_worker()->runtime->schedule(root);
}

void TaskCore::request_cancel() noexcept {
  const TaskState state = shared().state.load(std::memory_order_relaxed);
  if (cancel_requested || state >= TaskState::done) return;
  cancel_requested = true;
  if (pending != nullptr) cancel_pending(*this);
}

void TaskShared::tell_joiner() noexcept {
  JoinWaiter* waiter = joiner.exchange(TaskShared::finished(), std::memory_order_acq_rel);
  if (waiter != nullptr) waiter->runtime->schedule(*waiter);
}

TaskShared& TaskCore::destroy_finished_root() noexcept {
  Worker& home = *this_worker();
  home.tasks.remove(*this);
  home.counters.tasks_finished.add();
  if (exception) home.counters.tasks_failed.add();
  set_state(*this, exception ? TaskState::failed : TaskState::done);
  TaskShared& mine = shared();
  std::exception_ptr kept = std::move(exception);
  handle().destroy();
  mine.remains().exception = std::move(kept);
  return mine;
}

void TaskCore::drop() noexcept {
  Worker& home = *this_worker();
  home.tasks.remove(*this);
  home.counters.tasks_finished.add();
  home.counters.tasks_cancelled.add();
  TaskShared& mine = shared();
  mine.state.store(TaskState::cancelled, std::memory_order_relaxed);
  handle().destroy();
  mine.tell_joiner();
  mine.release();
}

}  // namespace gauntlet
