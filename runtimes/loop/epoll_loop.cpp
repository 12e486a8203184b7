// The turn of the epoll loop: ready jobs, answers, timers, events.
#include "runtimes/loop/epoll_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <optional>
#include <thread>
#include <utility>

#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/loop/exact_wake_ups.hpp"
#include "runtimes/loop/kernel_edge.hpp"
#include "runtimes/loop/plant.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace {

constexpr std::size_t events_per_poll = 256;
/// Jobs and answers taken before the kernel is asked again, so that ready tasks cannot keep out the network.
constexpr unsigned batch = 256;

/// False before Linux 5.11, and under valgrind.
bool has_fine_timeouts(int epoll_fd) {
  epoll_event event{};
  const timespec at_once{};
  return epoll_pwait2(epoll_fd, &event, 1, &at_once, nullptr) >= 0 || errno != ENOSYS;
}

}  // namespace

Result<Endpoint> EpollSocket::local_endpoint() const { return local_endpoint_of(fd); }
Result<Endpoint> EpollSocket::remote_endpoint() const { return remote_endpoint_of(fd); }

Result<EpollLoop::Parts> EpollLoop::open_parts() {
  Parts parts;
  parts.epoll = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!parts.epoll.is_open()) return errno_error(-errno);
  parts.wake = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  // Edge-triggered: every write makes an edge, so the counter is never read.
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  if (!parts.wake.is_open() || epoll_ctl(parts.epoll.number(), EPOLL_CTL_ADD, parts.wake.number(), &event) < 0) {
    return errno_error(-errno);
  }
  return parts;
}

EpollLoop::EpollLoop(const RuntimeConfig& config, Idle idle, Parts parts)
    : Runtime(config),
      idle_(idle),
      whole_(this),
      dispatch_(&dispatcher_),
      stop_(&stop_requested_),
      epoll_(std::move(parts.epoll)),
      wake_(std::move(parts.wake)),
      fine_timeouts_(has_fine_timeouts(epoll_.number())),
      buffers_(config.buffers_per_worker, config.buffer_bytes) {
  worker_.runtime = this;
  worker_.queues_for = worker_.index;
}

EpollLoop::EpollLoop(const RuntimeConfig& config, Group& group, std::uint16_t index, Parts parts)
    : EpollLoop(config, Idle::block, std::move(parts)) {
  group_ = &group;
  whole_ = group.whole;
  dispatch_ = group.dispatcher;
  stop_ = &group.stop_requested;
  worker_.runtime = group.whole;
  worker_.index = worker_.queues_for = index;
}

std::expected<std::unique_ptr<Runtime>, Unavailable> EpollLoop::make(RuntimeConfig config, const char* name,
                                                                     Idle idle) {
  auto parts = open_parts();
  if (!parts) return std::unexpected(Unavailable{"epoll: " + parts.error().message()});
  config.backend = name;
  return std::make_unique<EpollLoop>(config, idle, std::move(*parts));
}

EpollLoop::~EpollLoop() {
  shut_down();
  wait_for_callers();
}

void EpollLoop::enqueue(Job& job, Worker* here) noexcept {
  if (here == &worker_) return worker_.ready.push(job);
  if (inbox_.push(job)) wake();
}

void EpollLoop::stop() noexcept {
  stop_->store(true, std::memory_order_seq_cst);
  rouse();
}

void EpollLoop::rouse() noexcept {
  if (inbox_.rouse()) wake();
}

void EpollLoop::wake() noexcept {
  if (Worker* waking = this_worker()) waking->counters.system_calls.add();
  eventfd_write(wake_.number(), 1);
}

void EpollLoop::run_until_stopped() {
  const WorkerThread thread(worker_);
  const ExactWakeUps exact;
  if constexpr (kPlanted) {
    if (takes_plant()) plant_of(*this).start();
  }
  while (!stop_->load(std::memory_order_seq_cst)) turn(true);
}

void EpollLoop::run_workers() {
  running_.store(true, std::memory_order_relaxed);
  run_until_stopped();
  stop_requested_.store(false, std::memory_order_relaxed);
  running_.store(false, std::memory_order_relaxed);
}

Turn EpollLoop::poll_once() {
  const WorkerScope scope(worker_);
  Turn result;
  result.ran_anything = turn(false);
  result.next_deadline = timers_.next_deadline();
  return result;
}

bool EpollLoop::turn(bool may_block) {
  worker_.counters.turns.add();
  const std::uint64_t before = worker_.counters.jobs_run.read();
  inbox_.drain(worker_.ready);
  run_ready();
  answer_queued();
  wait_for_events(may_block && !has_work());
  if (inbox_.drain(worker_.ready)) worker_.counters.remote_wakeups.add();
  expire_timers();
  free_retired();
  return worker_.counters.jobs_run.read() != before;
}

void EpollLoop::run_ready() {
  unsigned count = 0;
  while (count < batch) {
    Job* job = worker_.ready.pop();
    if (job == nullptr) break;
    ++count;
    budget_ = config_.turn_budget;
    job->run(*job);
  }
  worker_.counters.jobs_run.add(count);
}

void EpollLoop::answer_queued() {
  for (unsigned i = 0; i < batch; ++i) {
    Job* job = answers_.pop();
    if (job == nullptr) return;
    Op& op = static_cast<Op&>(*job);
    if (op.scratch == queued_to_try) {
      op.scratch = waiting_for_edge;
      try_pending(op);
    } else {
      complete(op);
    }
  }
}

void EpollLoop::try_pending(Op& op) {
  EpollSocket& socket = socket_of(op);
  Op*& slot = is_write(op.kind()) ? socket.writer : socket.reader;
  if (!attempt(op)) return;  // the edge was spent: it waits for the next one
  slot = nullptr;
  complete(op);
}

void EpollLoop::complete(Op& op) noexcept {
  budget_ = config_.turn_budget;
  worker_.counters.jobs_run.add();
  op.run(op);
}

void EpollLoop::expire_timers() {
  if (timers_.empty()) return;
  const auto now = TimerWheel::Clock::now();
  while (TimerOp* timer = timers_.pop_due(now)) {
    worker_.counters.timers_fired.add();
    timer->result = 0;
    complete(*timer);
  }
}

void EpollLoop::wait_for_events(bool may_block) {
  // The inbox may only be declared asleep when nothing else keeps this thread from blocking.
  const bool block =
      may_block && idle_ == Idle::block && inbox_.fall_asleep() && !stop_->load(std::memory_order_seq_cst);
  std::array<epoll_event, events_per_poll> events;
  const int count = poll_kernel(events, block);
  if (count == 0) worker_.counters.empty_polls.add();
  for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
  if (count == 0 && idle_ == Idle::spin) std::this_thread::yield();
}

int EpollLoop::poll_kernel(std::span<epoll_event> events, bool block) {
  timespec timeout{};
  timespec* limit = &timeout;
  std::optional<Parking> parking;
  if (block) {
    parking.emplace(worker_);
    if (const auto deadline = timers_.next_deadline()) {
      const auto now = TimerWheel::Clock::now();
      const auto left = std::max(*deadline, now) - now;  // a deadline may lie further back than a duration holds
      timeout.tv_sec = left.count() / 1'000'000'000;
      timeout.tv_nsec = left.count() % 1'000'000'000;
    } else {
      limit = nullptr;
    }
  }
  worker_.counters.system_calls.add();
  const int count = wait_within(events, limit);
  assert((count >= 0 || errno == EINTR) && "the loop's own descriptors are open and valid");
  return std::max(count, 0);
}

int EpollLoop::wait_within(std::span<epoll_event> events, const timespec* limit) {
  const int room = static_cast<int>(events.size());
  if (fine_timeouts_) return epoll_pwait2(epoll_.number(), events.data(), room, limit, nullptr);
  if (limit == nullptr) return epoll_wait(epoll_.number(), events.data(), room, -1);
  // Rounded up: a timer may be late by a millisecond, and is never early, nor is it waited for by spinning.
  const std::int64_t milliseconds = limit->tv_sec * 1000 + (limit->tv_nsec + 999'999) / 1'000'000;
  return epoll_wait(epoll_.number(), events.data(), room,
                    static_cast<int>(std::min<std::int64_t>(milliseconds, INT_MAX)));
}

void EpollLoop::dispatch(const epoll_event& event) {
  if ((event.data.u64 & poll_tag) != 0) {
    return dispatch_poll(*reinterpret_cast<PollOp*>(event.data.u64 & ~poll_tag), event.events);
  }
  auto* socket = static_cast<EpollSocket*>(event.data.ptr);
  if (socket == nullptr) return;  // a wake-up
  take_from_kernel(socket);
  if (socket->fd < 0) return;  // closed earlier in this turn
  constexpr std::uint32_t hung_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  if ((event.events & hung_up) != 0) socket->peer_finished = true;
  if ((event.events & (EPOLLIN | hung_up)) != 0) {
    socket->readable = true;
    if (Op* op = socket->reader; op != nullptr && op->scratch == waiting_for_edge) try_pending(*op);
  }
  if (socket->fd >= 0 && (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    socket->writable = true;
    if (Op* op = socket->writer; op != nullptr && op->scratch == waiting_for_edge) try_pending(*op);
  }
}

void EpollLoop::free_retired() noexcept {
  while (retired_ != nullptr) {
    EpollSocket* socket = retired_;
    retired_ = socket->next_retired;
    delete socket;
  }
}

void EpollLoop::begin_shut_down() noexcept {
  const WorkerScope scope(worker_);
  worker_.draining = true;
  for (TaskBase* task = worker_.tasks.first(); task != nullptr; task = task->next_live) {
    static_cast<TaskCore*>(task)->request_cancel();
  }
}

void EpollLoop::drain(bool may_wait) noexcept {
  const WorkerScope scope(worker_);
  turn(false);
  // What is left waits for a job that another thread is about to schedule.
  if (may_wait && !worker_.tasks.empty() && !has_work()) wait_for_events(true);
}

void EpollLoop::shut_down() noexcept {
  stop_->store(false, std::memory_order_relaxed);  // or a turn that has to wait would spin
  begin_shut_down();
  while (!is_drained()) drain(true);
  free_retired();
  assert(dispatch_->open_sockets(worker_.index) == 0 && "a socket outlived its runtime");
}

EffectiveConfig EpollLoop::own_settings() const {
  return {
      {"backend", config_.backend},
      {"worker_threads", std::to_string(whole_->workers()),
       whole_->workers() != config_.worker_threads ? "one loop has one worker" : ""},
      {"idle", idle_ == Idle::block ? "block" : "spin"},
      {"files", "blocking pool"},
      {"buffer_bytes", std::to_string(config_.buffer_bytes)},
      {"buffers_per_worker", std::to_string(config_.buffers_per_worker)},
      {"timer_resolution", fine_timeouts_ ? "1 ns" : "1 ms", fine_timeouts_ ? "" : "this kernel has no epoll_pwait2"}};
}

RuntimeMetrics EpollLoop::metrics() const noexcept {
  RuntimeMetrics total;
  total.add(worker_.counters);
  return total;
}

}  // namespace gauntlet
