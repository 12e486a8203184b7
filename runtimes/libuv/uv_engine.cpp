// The turn of the libuv loop: ready jobs, answers, kernel, timers.
#include "runtimes/libuv/uv_engine.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace {

/// Jobs and answers taken before the kernel is asked again, so that ready tasks cannot keep out the network.
constexpr int batch = 256;

/// uv_timer counts whole milliseconds of the steady clock: the first that is not before the deadline.
std::uint64_t milliseconds_of(TimerWheel::Clock::time_point deadline) noexcept {
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(deadline.time_since_epoch()).count();
  return whole < 0 ? 0 : static_cast<std::uint64_t>(whole);
}

Result<Endpoint> endpoint_of(const uv_tcp_t* tcp, int (*query)(const uv_tcp_t*, sockaddr*, int*)) {
  sockaddr_storage address{};
  int size = sizeof address;
  if (const int error = query(tcp, reinterpret_cast<sockaddr*>(&address), &size); error < 0) return errno_error(error);
  return Endpoint::from_native(address);
}

}  // namespace

Result<Endpoint> UvSocket::local_endpoint() const {
  return tcp != nullptr ? endpoint_of(tcp, uv_tcp_getsockname) : local_endpoint_of(handed_fd);
}
Result<Endpoint> UvSocket::remote_endpoint() const {
  return tcp != nullptr ? endpoint_of(tcp, uv_tcp_getpeername) : remote_endpoint_of(handed_fd);
}

UvEngine::UvEngine(UvGroup& group, const RuntimeConfig& config, std::uint16_t index)
    : config_(config), group_(group), buffers_(config.buffers_per_worker, config.buffer_bytes) {
  worker_.runtime = group.runtime;
  worker_.index = worker_.queues_for = index;
}

Result<std::unique_ptr<UvEngine>> UvEngine::open(UvGroup& group, const RuntimeConfig& config, std::uint16_t index) {
  std::unique_ptr<UvEngine> engine(new UvEngine(group, config, index));
  if (const int error = uv_loop_init(&engine->loop_); error < 0) return errno_error(error);
  engine->loop_.data = engine.get();
  if (const int error = engine->open_handles(); error < 0) {
    engine->close_handles();
    return errno_error(error);
  }
  return engine;
}

int UvEngine::open_handles() noexcept {
  // It has nothing to do but to end the wait: what was sent lies in the inbox.
  const int error = uv_async_init(&loop_, &wake_, [](uv_async_t* handle) { engine_of(handle->loop).hear(); });
  if (error < 0) return error;
  // The rest cannot fail: these handles are only linked into the loop.
  uv_prepare_init(&loop_, &before_);
  uv_prepare_start(&before_, [](uv_prepare_t* handle) { engine_of(handle->loop).before_poll(); });
  uv_check_init(&loop_, &after_);
  uv_check_start(&after_, [](uv_check_t* handle) { engine_of(handle->loop).after_poll(); });
  uv_idle_init(&loop_, &busy_);
  uv_timer_init(&loop_, &timer_);
  return 0;
}

void UvEngine::close_handles() noexcept {
  uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        if (uv_is_closing(handle) == 0) uv_close(handle, nullptr);
      },
      nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  [[maybe_unused]] const int left = uv_loop_close(&loop_);
  assert(left == 0 && "a handle outlived its loop");
  loop_.data = nullptr;
}

UvEngine::~UvEngine() {
  if (loop_.data != nullptr) close_handles();
}

void UvEngine::enqueue(Job& job, Worker* here) noexcept {
  if (here == &worker_) return ready_.push(job);
  if (inbox_.push(job)) uv_async_send(&wake_);
}

void UvEngine::rouse() noexcept {
  if (inbox_.rouse()) uv_async_send(&wake_);
}

void UvEngine::run_until_stopped() {
  const WorkerThread thread(worker_);
  may_block_ = true;
  while (!group_.stop_requested.load(std::memory_order_seq_cst)) uv_run(&loop_, UV_RUN_DEFAULT);
}

Turn UvEngine::poll_once() {
  const WorkerScope scope(worker_);
  const std::uint64_t before = worker_.counters.jobs_run.read();
  may_block_ = false;
  uv_run(&loop_, UV_RUN_NOWAIT);
  return {worker_.counters.jobs_run.read() != before, timers_.next_deadline()};
}

void UvEngine::before_poll() {
  worker_.counters.turns.add();
  ++turn_;
  inbox_.drain(ready_);
  run_ready();
  answer_queued();
  block_or_not();
  has_heard_ = false;
  worker_.counters.system_calls.add();
}

void UvEngine::after_poll() {
  parking_.reset();
  if (!has_heard_) worker_.counters.empty_polls.add();
  if (inbox_.drain(ready_)) worker_.counters.remote_wakeups.add();
  expire_timers();
  if (may_block_ && group_.stop_requested.load(std::memory_order_seq_cst)) uv_stop(&loop_);
}

void UvEngine::run_ready() {
  for (int i = 0; i < batch; ++i) {
    Job* job = ready_.pop();
    if (job == nullptr) return;
    budget_ = config_.turn_budget;
    worker_.counters.jobs_run.add();
    job->run(*job);
  }
}

void UvEngine::answer_queued() {
  for (int i = 0; i < batch; ++i) {
    Job* job = answers_.pop();
    if (job == nullptr) return;
    Op& op = static_cast<Op&>(*job);
    if (op.scratch == queued_to_try) {
      op.scratch = waiting;
      UvSocket& socket = socket_of_op(op);
      if (op.kind() == OpKind::send) {
        auto& send = static_cast<SendOp&>(op);
        if (!try_send(socket, send) && queue_write(socket, send)) continue;
        finish_write(socket, op, op.result);
        continue;
      }
      socket.reader = nullptr;
      take_ready(socket, op);
    }
    complete(op);
  }
}

void UvEngine::complete(Op& op) noexcept {
  budget_ = config_.turn_budget;
  worker_.counters.jobs_run.add();
  op.run(op);
}

void UvEngine::expire_timers() {
  if (timers_.empty()) return;
  const auto now = TimerWheel::Clock::now();
  while (TimerOp* timer = timers_.pop_due(now)) {
    worker_.counters.timers_fired.add();
    timer->result = 0;
    complete(*timer);
  }
}

void UvEngine::block_or_not() noexcept {
  if (!may_block_) return;  // uv_run was told
  // The inbox may only be declared asleep when nothing else keeps this thread from blocking.
  if (!has_work() && !(worker_.draining && is_drained()) && inbox_.fall_asleep() &&
      !group_.stop_requested.load(std::memory_order_seq_cst)) {
    parking_.emplace(worker_);
    uv_idle_stop(&busy_);
    arm_timer();
  } else {
    uv_idle_start(&busy_, [](uv_idle_t*) {});
  }
}

void UvEngine::arm_timer() noexcept {
  const auto deadline = timers_.next_deadline();
  if (!deadline) {
    uv_timer_stop(&timer_);
    return;
  }
  // libuv's own time stands still while jobs run, and its waits are relative to it.
  uv_update_time(&loop_);
  const std::uint64_t now = uv_now(&loop_);
  uv_timer_start(
      &timer_, [](uv_timer_t*) {}, std::max(milliseconds_of(*deadline), now) - now, 0);
}

void UvEngine::begin_shut_down() noexcept {
  const WorkerScope scope(worker_);
  worker_.draining = true;
  for (TaskBase* task = worker_.tasks.first(); task != nullptr; task = task->next_live) {
    static_cast<TaskCore*>(task)->request_cancel();
  }
}

void UvEngine::drain(bool may_wait) {
  const WorkerScope scope(worker_);
  may_block_ = may_wait;
  uv_run(&loop_, may_wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

}  // namespace gauntlet
