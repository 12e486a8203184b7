// The turn of the fallback: posted jobs, timers, the core's turn, poll(2).
#include "runtimes/fallback/fallback_runtime.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <ctime>
#include <optional>
#include <span>

#include "runtimes/contract/run_queue.hpp"
#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/loop/exact_wake_ups.hpp"
#include "runtimes/loop/kernel_edge.hpp"
#include "runtimes/loop/poll_events.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace {

RuntimeConfig bounded(RuntimeConfig config) {
  config.backend = "fallback";
  const std::uint32_t asked = config.max_tasks;
  if (asked != 0 && asked <= fallback::most_tasks) return config;
  config.max_tasks = fallback::most_tasks;
  if (asked != 0) {
    config.not_offered.push_back({"max_tasks", std::to_string(fallback::most_tasks),
                                  "not_supported: it has no more; asked for " + std::to_string(asked)});
  }
  return config;
}

}  // namespace

Result<Descriptor> FallbackRuntime::open_wake() {
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.is_open()) return errno_error(-errno);
  return wake;
}

FallbackRuntime::FallbackRuntime(const RuntimeConfig& config, Descriptor wake)
    : Runtime(bounded(config), 1, {.has_blocking_pool = false}),
      wake_(std::move(wake)),
      buffers_(config.buffers_per_worker, config.buffer_bytes) {
  worker_.runtime = this;
}

FallbackRuntime::~FallbackRuntime() {
  drop_all();
  wait_for_callers();
}

void FallbackRuntime::enqueue(Job& job, Worker* here) noexcept {
  if (here == &worker_) return core_.enqueue(job);
  if (inbox_.push(job)) wake();
}

void FallbackRuntime::stop() noexcept {
  stop_requested_.store(true, std::memory_order_seq_cst);
  if (inbox_.rouse()) wake();
}

void FallbackRuntime::wake() noexcept {
  if (Worker* waking = this_worker()) waking->counters.system_calls.add();
  eventfd_write(wake_.number(), 1);
}

void FallbackRuntime::run_workers() {
  running_.store(true, std::memory_order_relaxed);
  {
    const WorkerThread thread(worker_);
    const ExactWakeUps exact;
    while (!stop_requested_.load(std::memory_order_seq_cst)) turn(true);
  }
  stop_requested_.store(false, std::memory_order_relaxed);
  running_.store(false, std::memory_order_relaxed);
}

Turn FallbackRuntime::poll_once() {
  const WorkerScope scope(worker_);
  Turn result;
  result.ran_anything = turn(false);
  if (const TimerOp* next = timers_.first()) result.next_deadline = next->deadline;
  return result;
}

bool FallbackRuntime::turn(bool may_block) {
  worker_.counters.turns.add();
  take_posted();
  expire_timers();
  const fallback::Turn ran = core_.poll_once(0);  // the timers of tasks are not its own
  worker_.counters.jobs_run.add(ran.ran);
  wait_for_events(may_block && !ran.has_ready);
  return ran.ran != 0;
}

void FallbackRuntime::take_posted() {
  RunQueue posted;
  if (inbox_.drain(posted)) worker_.counters.remote_wakeups.add();
  while (Job* job = posted.pop()) core_.enqueue(*job);
}

void FallbackRuntime::expire_timers() {
  if (timers_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  while (TimerOp* timer = timers_.pop_due(now)) {
    if (timer->run == &retry_accept) {
      // Not queued: its listener may be closed by what is. poll(2) is asked for it again.
      timer->run(*timer);
      continue;
    }
    worker_.counters.timers_fired.add();
    complete_later(*timer, 0);
  }
}

void FallbackRuntime::wait_for_events(bool may_block) {
  std::array<pollfd, SocketSlots::most + most_polls + 1> polled;
  std::array<FallbackSocket*, SocketSlots::most> sockets;
  const std::size_t socket_count = list_sockets(polled, sockets);
  const std::array<PollOp*, most_polls> polls = polls_;  // those that are ready leave it
  std::size_t count = socket_count;
  for (std::size_t i = 0; i < polls_count_; ++i) {
    polled[count++] = {polls[i]->descriptor, static_cast<short>(poll_events_of(*polls[i])), 0};
  }
  // The inbox may only be declared asleep when nothing else keeps this thread from blocking.
  const bool block = may_block && inbox_.fall_asleep() && !stop_requested_.load(std::memory_order_seq_cst);
  if (count == 0 && !block) return;
  polled[count] = {wake_.number(), POLLIN, 0};
  const int ready = poll_kernel(std::span(polled).first(count + 1), block);
  if (ready == 0) worker_.counters.empty_polls.add();
  if (ready <= 0) return;
  if (polled[count].revents != 0) {
    eventfd_t ignored;
    worker_.counters.system_calls.add();
    eventfd_read(wake_.number(), &ignored);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (polled[i].revents == 0) continue;
    if (i < socket_count) {
      go_on_with(*sockets[i], polled[i].revents);
    } else {
      go_on_with(*polls[i - socket_count], polled[i].revents);
    }
  }
}

std::size_t FallbackRuntime::list_sockets(std::span<pollfd> polled, std::span<FallbackSocket*> sockets) noexcept {
  std::size_t count = 0;
  sockets_.for_each([&](FallbackSocket& socket) {
    short events = 0;
    // A listener that has starved would be reported again and again.
    const bool starved = socket.retry.armed ||
                         (sockets_.is_full() && socket.reader != nullptr && socket.reader->kind() == OpKind::accept);
    if (socket.reader != nullptr && !starved) events = POLLIN;
    if (socket.writer != nullptr) events = static_cast<short>(events | POLLOUT);
    if (events == 0) return;
    polled[count] = {socket.fd, events, 0};
    sockets[count++] = &socket;
  });
  return count;
}

int FallbackRuntime::poll_kernel(std::span<pollfd> polled, bool block) {
  timespec timeout{};
  timespec* limit = &timeout;
  std::optional<Parking> parking;
  if (block) {
    parking.emplace(worker_);
    if (const TimerOp* next = timers_.first()) {
      const auto now = std::chrono::steady_clock::now();
      const auto left = std::max(next->deadline, now) - now;  // a deadline may lie further back than a duration holds
      timeout.tv_sec = left.count() / 1'000'000'000;
      timeout.tv_nsec = left.count() % 1'000'000'000;
    } else {
      limit = nullptr;
    }
  }
  worker_.counters.system_calls.add();
  const int ready = ::ppoll(polled.data(), polled.size(), limit, nullptr);
  assert((ready >= 0 || errno == EINTR || errno == ENOMEM) && "what is polled is open and valid");
  return ready;
}

void FallbackRuntime::drop_all() noexcept {
  stop_requested_.store(false, std::memory_order_relaxed);  // or a turn that has to wait would spin
  const WorkerScope scope(worker_);
  worker_.draining = true;
  for (TaskBase* task = worker_.tasks.first(); task != nullptr; task = task->next_live) {
    static_cast<TaskCore*>(task)->request_cancel();
  }
  while (!worker_.tasks.empty() || core_.has_ready() || inbox_.has_jobs()) {
    turn(false);
    // What is left waits for a job that another thread is about to schedule.
    if (!worker_.tasks.empty() && !core_.has_ready()) wait_for_events(true);
  }
  assert(sockets_.in_use() == 0 && "a socket outlived its runtime");
}

EffectiveConfig FallbackRuntime::own_settings() const {
  const bool one = config_.worker_threads == 1;
  return {{"backend", config_.backend},
          {"worker_threads", "1", one ? "" : "not_supported: it is one thread"},
          {"idle", "block"},
          {"files", "none"},
          {"buffer_bytes", std::to_string(config_.buffer_bytes)},
          {"buffers_per_worker", std::to_string(config_.buffers_per_worker)},
          {"max_sockets", std::to_string(SocketSlots::most)},
          {"timer_resolution", "1 ns"}};
}

RuntimeMetrics FallbackRuntime::metrics() const noexcept {
  RuntimeMetrics total;
  total.add(worker_.counters);
  return total;
}

}  // namespace gauntlet
