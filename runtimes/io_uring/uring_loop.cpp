// The turn of the ring: ready jobs, answers, one enter, completions, timers.
#include "runtimes/io_uring/uring_loop.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/loop/exact_wake_ups.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace {

/// Jobs and answers taken before the kernel is asked again, so that ready tasks cannot keep out the network.
constexpr int batch = 256;

/// How long the end of a run waits for the next peer to acknowledge what was sent to it from the caller's memory.
constexpr std::chrono::nanoseconds patience_with_peers = std::chrono::milliseconds(100);

}  // namespace

Result<Endpoint> UringSocket::local_endpoint() const { return local_endpoint_of(fd); }
Result<Endpoint> UringSocket::remote_endpoint() const { return remote_endpoint_of(fd); }

std::expected<UringLoop::Parts, std::string> UringLoop::open_parts(const RuntimeConfig& config) {
  const auto refused = [](const std::string& what, int error) {
    return std::unexpected("io_uring: " + what + ": " + std::system_category().message(error));
  };
  Parts parts;
  auto ring = Ring::open(ring_options(config));
  if (!ring) return std::unexpected(ring.error());
  parts.ring = std::move(*ring);
  try {
    const std::uint32_t count = BufferRing::usable_count(config.buffers_per_worker);
    parts.buffers = std::make_unique<BufferRing>(count, config.buffer_bytes);
  } catch (const std::bad_alloc&) {
    return refused("no address space for the receive buffers, ask for fewer", ENOMEM);
  }
  if (const int result = parts.buffers->attach(*parts.ring); result < 0) {
    return refused("the kernel refuses a ring of receive buffers", -result);
  }
  parts.wake = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!parts.wake.is_open()) return refused("eventfd", errno);
  return parts;
}

UringLoop::UringLoop(const RuntimeConfig& config, Parts parts)
    : Runtime(config),
      whole_(this),
      dispatch_(&dispatcher_),
      stop_(&stop_requested_),
      buffers_(std::move(parts.buffers)),
      ring_(std::move(parts.ring)),
      wake_(std::move(parts.wake)) {
  worker_.runtime = this;
  worker_.queues_for = worker_.index;
}

UringLoop::UringLoop(const RuntimeConfig& config, Group& group, std::uint16_t index, Parts parts)
    : UringLoop(config, std::move(parts)) {
  group_ = &group;
  whole_ = group.whole;
  dispatch_ = group.dispatcher;
  stop_ = &group.stop_requested;
  worker_.runtime = group.whole;
  worker_.index = worker_.queues_for = index;
}

UringLoop::~UringLoop() {
  shut_down();
  wait_for_callers();
}

void UringLoop::enqueue(Job& job, Worker* here) noexcept {
  if (here == &worker_) return ready_.push(job);
  if (inbox_.push(job)) wake(calling_loop());
}

/// The loop of this group whose worker the calling thread is, or null.
UringLoop* UringLoop::calling_loop() const noexcept {
  const Worker* here = this_worker();
  return group_ != nullptr && here != nullptr && here->runtime == whole_ ? group_->loops[here->index].get() : nullptr;
}

/// A message costs its ring no system call of its own when the job that sends it is the last of its turn: it leaves
/// with the enter that follows. It never waits for more than the end of that job.
void UringLoop::wake(UringLoop* waker) noexcept {
  if (waker != nullptr && waker->ring_->has_messages()) {
    const std::uint64_t if_failed =
        std::uint64_t{worker_.index} << tag_bits | static_cast<std::uint64_t>(Tag::undelivered);
    return waker->ring_->queue_message(*ring_, loop_note(Note::message), if_failed);
  }
  if (Worker* here = this_worker()) here->counters.system_calls.add();
  eventfd_write(wake_.number(), 1);
}

void UringLoop::stop() noexcept {
  stop_->store(true, std::memory_order_seq_cst);
  rouse();
}

void UringLoop::rouse() noexcept {
  if (inbox_.rouse()) wake(nullptr);
}

void UringLoop::run_until_stopped() {
  const WorkerThread thread(worker_);
  prepare_for_this_thread();
  ring_->register_descriptor();
  const ExactWakeUps exact;
  while (!stop_->load(std::memory_order_seq_cst)) turn(true);
  quiesce();
  ring_->unregister_descriptor();
}

void UringLoop::run_workers() {
  prepare_for_this_thread();  // or nothing runs
  running_.store(true, std::memory_order_relaxed);
  run_until_stopped();
  stop_requested_.store(false, std::memory_order_relaxed);
  running_.store(false, std::memory_order_relaxed);
}

Turn UringLoop::poll_once() {
  const WorkerScope scope(worker_);
  prepare_for_this_thread();
  Turn result;
  result.ran_anything = turn(false);
  result.next_deadline = timers_.next_deadline();
  return result;
}

void UringLoop::prepare_for_this_thread() {
  if (ring_ != nullptr && ring_->belongs_to_this_thread()) return;
  if (ring_ == nullptr || ring_->is_enabled()) open_fresh_ring();
  if (const int result = ring_->enable(); result < 0) {
    throw std::system_error(-result, std::system_category(), "io_uring could not be enabled on this thread");
  }
}

void UringLoop::prepare_for_new_thread() {
  if (ring_ != nullptr && !ring_->is_enabled()) return;
  if (ring_ != nullptr && ring_->belongs_to_this_thread()) {
    const WorkerScope scope(worker_);
    quiesce();
  }
  open_fresh_ring();
}

void UringLoop::open_fresh_ring() {
  // Requests of another thread's ring end only there.
  assert(in_flight_ == 0 && "an io_uring runtime with operations in flight was driven by a second thread");
  ring_.reset();  // first: where descriptors have run out, its own is the one that the next needs
  auto fresh = Ring::open(ring_options(config_));
  if (!fresh) {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again),
                            "no io_uring for this thread: " + fresh.error());
  }
  if (const int result = buffers_->attach(**fresh); result < 0) {
    throw std::system_error(-result, std::system_category(), "no receive buffers for this thread's io_uring");
  }
  ring_ = std::move(*fresh);
  ++ring_number_;
  watches_wake_ups_ = is_cancelling_all_ = false;
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
  if (inbox_.drain(ready_)) worker_.counters.remote_wakeups.add();
  expire_timers();
  count_enters();
  return worker_.counters.jobs_run.read() != before;
}

void UringLoop::run_ready() {
  for (int i = 0; i < batch; ++i) {
    Job* job = ready_.pop();
    if (job == nullptr) return;
    send_messages();
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

/// Whom the last job woke does not wait for the next one to end.
void UringLoop::send_messages() noexcept {
  if (ring_->holds_message()) [[unlikely]]
    ring_->enter(0, std::nullopt);
}

void UringLoop::complete(Op& op) noexcept {
  send_messages();
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
  if (may_block && !ring_->has_completions() && inbox_.fall_asleep() && !stop_->load(std::memory_order_seq_cst)) {
    const Parking parking(worker_);
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
  ring_->take_completions([this](const Completion& completion) { dispatch(completion); });
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
  io_uring_prep_poll_multishot(&entry, wake_.number(), POLLIN);
  tag(entry, nullptr, Tag::loop);
}

void UringLoop::quiesce() noexcept {
  is_quiescing_ = true;
  if (ring_->unsubmitted() > 0) {  // messages to workers that are blocked, perhaps
    ring_->enter(0, std::nullopt);
    reap();
  }
  while (in_flight_ > 0) {
    const bool waits_for_peers = in_flight_ == unsettled_.size();
    if (!waits_for_peers && !is_cancelling_all_) {
      is_cancelling_all_ = true;
      io_uring_sqe& entry = ring_->next_entry();
      io_uring_prep_cancel64(&entry, 0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
      tag(entry, nullptr, Tag::cancel);
    }
    ring_->enter(1, waits_for_peers ? std::optional(patience_with_peers) : std::nullopt);
    if (waits_for_peers && !ring_->has_completions()) give_up_all_unsettled();
    reap();
  }
  is_quiescing_ = false;
  count_enters();
}

void UringLoop::restart_withdrawn() noexcept {
  if (!withdrawn_.empty()) restart_operations();
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

void UringLoop::begin_shut_down() {
  const WorkerScope scope(worker_);
  worker_.draining = true;
  if (is_drained()) return;  // and needs no ring
  prepare_for_this_thread();
  for (TaskBase* task = worker_.tasks.first(); task != nullptr; task = task->next_live) {
    static_cast<TaskCore*>(task)->request_cancel();
  }
}

void UringLoop::drain(bool may_wait) {
  const WorkerScope scope(worker_);
  prepare_for_this_thread();
  turn(false);
  if (!may_wait || has_work() || (worker_.tasks.empty() && closing_ == 0)) return;
  enter_kernel(true);
  reap();
}

void UringLoop::shut_down() {
  stop_->store(false, std::memory_order_relaxed);  // or a turn that has to wait would spin
  begin_shut_down();
  while (!is_drained()) drain(true);
  assert(dispatch_->open_sockets(worker_.index) == 0 && "a socket outlived its runtime");
  assert(in_flight_ == 0 && "a request outlived its socket");
}

}  // namespace gauntlet
