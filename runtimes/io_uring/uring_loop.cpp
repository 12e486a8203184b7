// The turn of the ring: ready jobs, answers, one enter, completions, timers.
#include "runtimes/io_uring/uring_loop.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cassert>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace {

/// Jobs and answers taken before the kernel is asked again, so that ready tasks cannot keep out the network.
constexpr int batch = 256;

}  // namespace

Result<Endpoint> UringSocket::local_endpoint() const { return local_endpoint_of(fd); }
Result<Endpoint> UringSocket::remote_endpoint() const { return remote_endpoint_of(fd); }

UringLoop::UringLoop(const RuntimeConfig& config, std::unique_ptr<Ring> ring, std::unique_ptr<BufferRing> buffers,
                     int wake_fd)
    : config_(config), ring_(std::move(ring)), buffers_(std::move(buffers)), wake_fd_(wake_fd) {
  worker_.runtime = this;
}

UringLoop::~UringLoop() {
  shut_down();
  ring_.reset();  // before the buffers it may write into
  ::close(wake_fd_);
}

void UringLoop::schedule(Job& job) noexcept {
  if (this_worker() == &worker_) return ready_.push(job);
  if (inbox_.push(job)) {
    worker_.counters.remote_wakeups.add();
    eventfd_write(wake_fd_, 1);
  }
}

void UringLoop::stop() noexcept {
  stop_requested_.store(true, std::memory_order_seq_cst);
  if (inbox_.rouse()) eventfd_write(wake_fd_, 1);
}

void UringLoop::run() {
  const WorkerScope scope(worker_);
  take_over_ring();
  ring_->register_descriptor();
  // The kernel's default of 50 us would make every timer that late.
  prctl(PR_SET_TIMERSLACK, 1UL);
  running_.store(true, std::memory_order_relaxed);
  while (!stop_requested_.load(std::memory_order_seq_cst)) turn(true);
  stop_requested_.store(false, std::memory_order_relaxed);
  quiesce();
  running_.store(false, std::memory_order_relaxed);
  ring_->unregister_descriptor();
}

Turn UringLoop::poll_once() {
  const WorkerScope scope(worker_);
  take_over_ring();
  Turn result;
  result.ran_anything = turn(false);
  result.next_deadline = timers_.next_deadline();
  return result;
}

void UringLoop::take_over_ring() {
  if (ring_->belongs_to_this_thread()) return;
  if (ring_->is_enabled()) {
    // Requests of another thread's ring end only there.
    assert(in_flight_ == 0 && "an io_uring runtime with operations in flight was driven by a second thread");
    ring_.reset();
    auto fresh = Ring::open();
    if (!fresh) throw std::runtime_error("no io_uring for this thread: " + fresh.error());
    ring_ = std::move(*fresh);
    if (const int result = buffers_->attach(*ring_); result < 0) {
      throw std::system_error(-result, std::system_category(), "no receive buffers for this thread's io_uring");
    }
    watches_wake_ups_ = is_cancelling_all_ = false;
  }
  if (const int result = ring_->enable(); result < 0) {
    throw std::system_error(-result, std::system_category(), "io_uring could not be enabled on this thread");
  }
}

bool UringLoop::turn(bool may_block) {
  worker_.counters.turns.add();
  const std::uint64_t before = worker_.counters.jobs_run.read();
  restart_withdrawn();
  inbox_.drain(ready_);
  run_ready();
  answer_queued();
  enter_kernel(may_block && !has_work());
  reap();
  inbox_.drain(ready_);
  expire_timers();
  count_enters();
  return worker_.counters.jobs_run.read() != before;
}

void UringLoop::run_ready() {
  for (int i = 0; i < batch; ++i) {
    Job* job = ready_.pop();
    if (job == nullptr) return;
    budget_ = config_.turn_budget;
    worker_.counters.jobs_run.add();
    job->run(*job);
  }
}

void UringLoop::answer_queued() {
  for (int i = 0; i < batch; ++i) {
    Job* job = answers_.pop();
    if (job == nullptr) return;
    Op& op = static_cast<Op&>(*job);
    if (op.scratch == queued_to_try) {
      UringSocket& socket = socket_of(op);
      socket.reader = nullptr;
      take_ready(socket, op);
    }
    complete(op);
  }
}

void UringLoop::complete(Op& op) noexcept {
  budget_ = config_.turn_budget;
  worker_.counters.jobs_run.add();
  op.run(op);
}

void UringLoop::finish(Op& op, std::int32_t result) noexcept {
  if (is_quiescing_) return queue_result(op, result);
  op.result = result;
  complete(op);
}

void UringLoop::enter_kernel(bool may_block) {
  if (!watches_wake_ups_) watch_wake_ups();
  buffers_->publish();
  // The inbox may only be declared asleep when nothing else keeps this thread from blocking.
  if (may_block && !ring_->has_completions() && inbox_.fall_asleep() &&
      !stop_requested_.load(std::memory_order_seq_cst)) {
    worker_.counters.parks.add();
    std::optional<std::chrono::nanoseconds> timeout;
    if (const auto deadline = timers_.next_deadline()) {
      // Compared first: the distance to a deadline far in the past overflows.
      const auto now = TimerWheel::Clock::now();
      timeout = *deadline > now ? *deadline - now : std::chrono::nanoseconds(0);
    }
    ring_->enter(1, timeout);
    if (!ring_->has_completions()) worker_.counters.empty_polls.add();
    return;
  }
  const bool submits = ring_->unsubmitted() > 0;
  if (!submits && !ring_->kernel_holds_completions()) return;
  ring_->enter(0, std::nullopt);
  if (!submits && !ring_->has_completions()) worker_.counters.empty_polls.add();
}

void UringLoop::reap() {
  // Only what is there now: completions that follow from it wait for the next turn, behind the other tasks.
  for (unsigned left = ring_->completions_ready(); left > 0; --left) {
    if (const auto completion = ring_->pop()) dispatch(*completion);
  }
}

void UringLoop::expire_timers() {
  if (timers_.empty()) return;
  const auto now = TimerWheel::Clock::now();
  while (TimerOp* timer = timers_.pop_due(now)) {
    worker_.counters.timers_fired.add();
    timer->result = 0;
    complete(*timer);
  }
}

void UringLoop::watch_wake_ups() noexcept {
  watches_wake_ups_ = true;
  io_uring_sqe& entry = ring_->next_entry();
  // Multishot polls are edge-triggered: every write posts a completion, so the counter is never read.
  io_uring_prep_poll_multishot(&entry, wake_fd_, POLLIN);
  tag(entry, nullptr, Tag::loop);
}

void UringLoop::quiesce() noexcept {
  is_quiescing_ = true;
  while (in_flight_ > 0) {
    if (!is_cancelling_all_) {
      is_cancelling_all_ = true;
      io_uring_sqe& entry = ring_->next_entry();
      io_uring_prep_cancel64(&entry, 0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
      tag(entry, nullptr, Tag::cancel);
    }
    ring_->enter(1, std::nullopt);
    reap();
  }
  is_quiescing_ = false;
  count_enters();
}

void UringLoop::restart_withdrawn() noexcept {
  while (restarts_ != nullptr) {
    UringSocket& socket = *restarts_;
    restarts_ = socket.next_restart;
    socket.is_restart_queued = false;
    if (socket.is_closing) {
      advance_close(socket);
      continue;
    }
    if (Op* op = socket.reader; op != nullptr && op->scratch == needs_restart) {
      op->scratch = waiting;
      request_reader(socket);
    } else if (op != nullptr && op->scratch == waiting && op->kind() != OpKind::receive_into) {
      arm_stream(socket);
    }
    if (Op* op = socket.writer; op != nullptr && op->scratch == needs_restart) {
      op->scratch = waiting;
      request_writer(socket);
    }
  }
}

void UringLoop::shut_down() {
  const WorkerScope scope(worker_);
  take_over_ring();
  stop_requested_.store(false, std::memory_order_relaxed);  // or a turn that has to wait would spin
  worker_.draining = true;
  // Every suspended task is flagged; whatever resumes it next drops it.
  for (TaskBase* task = worker_.tasks.first(); task != nullptr; task = task->next_live) {
    static_cast<TaskCore*>(task)->request_cancel();
  }
  while (!worker_.tasks.empty() || has_work() || inbox_.has_jobs() || closing_ > 0) {
    turn(false);
    // What is left waits for the kernel, or for a job that another thread is about to schedule.
    if ((worker_.tasks.empty() && closing_ == 0) || has_work()) continue;
    enter_kernel(true);
    reap();
  }
  assert(open_ == 0 && "a socket outlived its runtime");
  assert(in_flight_ == 0 && "a request outlived its socket");
}

EffectiveConfig UringLoop::effective_config() const {
  const std::uint32_t buffers = BufferRing::usable_count(config_.buffers_per_worker);
  const bool defers = ring_->defers_completions();
  return {{"backend", "io_uring"},
          {"worker_threads", "1", config_.worker_threads > 1 ? "one ring has one worker" : ""},
          {"idle", "block"},
          {"ring", defers ? "single issuer, deferred completions" : "single issuer, cooperative completions",
           defers ? "" : "the kernel is older than 6.1 and cannot defer completions"},
          {"submission_entries", std::to_string(Ring::submission_entries)},
          {"completion_entries", std::to_string(Ring::completion_entries)},
          {"buffer_bytes", std::to_string(config_.buffer_bytes)},
          {"buffers_per_worker", std::to_string(buffers),
           buffers != config_.buffers_per_worker ? "a buffer ring has a power of two of entries, at most 32768" : ""},
          {"turn_budget", std::to_string(config_.turn_budget)},
          {"listen_backlog", std::to_string(config_.listen_backlog)}};
}

RuntimeMetrics UringLoop::metrics() const noexcept {
  RuntimeMetrics total;
  total.add(worker_.counters);
  return total;
}

}  // namespace gauntlet
