// Where a worker goes that has nothing to run, and what it comes back with.
//
// One of those who park holds the driver and blocks in epoll; the others block each in its own spot. Either way the
// worker's inbox says that it sleeps, and whoever ends the sleep through the inbox (hand_over, wake) knows from
// `in_driver` how to reach it. See IdleWorkers for why no job is left behind.
//
// A holder that comes back with work keeps the others asleep unless there is more than it can run itself. Until it
// parks again or has run a batch, nobody polls: waking a second worker for each event would cost more than it saves.
#include <sys/epoll.h>

#include <array>
#include <mutex>
#include <optional>

#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/loop/kernel_edge.hpp"
#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

namespace {

constexpr std::size_t events_per_poll = 256;

}  // namespace

void StealingRuntime::poll_or_park(StealingWorker& worker, bool may_block) {
  if (may_block) {
    park(worker);
  } else {
    poll_now(worker);
  }
}

void StealingRuntime::poll_now(StealingWorker& worker) {
  if (!driver_.try_hold()) return;
  std::array<epoll_event, events_per_poll> events;
  const std::size_t count = sleep_in_driver(worker, events, false);
  dispatch(worker, std::span(events).first(count));
  driver_.release();
}

void StealingRuntime::park(StealingWorker& worker) {
  const std::uint32_t ticket = worker.spot.prepare();
  const bool holds = driver_.try_hold();
  worker.in_driver.store(holds, std::memory_order_relaxed);
  bool block = worker.inbox.fall_asleep();
  const bool listed = block && stealing_;
  if (listed) {
    idle_.enter(worker.index, worker.searching);
    worker.searching = false;
    if (work_anywhere()) block = false;
  }
  // After fall_asleep: a stop that comes later finds this worker asleep and wakes it.
  if (stop_requested_.load(std::memory_order_seq_cst)) block = false;
  if (holds) {
    std::array<epoll_event, events_per_poll> events;
    const std::size_t count = sleep_in_driver(worker, events, block);
    if (listed) worker.searching = idle_.leave(worker.index);
    take_handed_over(worker);
    dispatch(worker, std::span(events).first(count));
    driver_.release();
  } else {
    if (block) sleep_in_spot(worker, ticket);
    if (listed) worker.searching = idle_.leave(worker.index);
    take_handed_over(worker);
  }
}

void StealingRuntime::sleep_in_spot(StealingWorker& worker, std::uint32_t ticket) {
  const Parking parking(worker);
  worker.counters.system_calls.add();
  worker.spot.wait(ticket, next_deadline(worker));
}

std::size_t StealingRuntime::sleep_in_driver(StealingWorker& worker, std::span<epoll_event> events, bool block) {
  worker.counters.system_calls.add();
  std::optional<Parking> parking;
  if (block) parking.emplace(worker);
  const std::size_t count =
      driver_.poll(events, block ? Poller::Limit::until(next_deadline(worker)) : Poller::Limit::at_once());
  if (count == 0) worker.counters.empty_polls.add();
  return count;
}

std::optional<TimerWheel::Clock::time_point> StealingRuntime::next_deadline(StealingWorker& worker) noexcept {
  if (alone_) return worker.timers.next_deadline();
  const std::lock_guard lock(worker.timers_lock);
  return worker.timers.next_deadline();
}

void StealingRuntime::dispatch(StealingWorker& worker, std::span<const epoll_event> events) {
  for (const epoll_event& event : events) {
    auto* record = static_cast<DriverRecord*>(event.data.ptr);
    if (record == nullptr) continue;  // a wake-up
    take_from_kernel(record);
    if (record->kind == DriverRecord::Kind::socket) {
      dispatch(worker, static_cast<SharedSocket&>(*record), event.events);
    } else {
      dispatch(worker, static_cast<PollRecord&>(*record), event.events);
    }
  }
}

void StealingRuntime::dispatch(StealingWorker& worker, SharedSocket& socket, std::uint32_t events) {
  constexpr std::uint32_t hung_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  const bool end = (events & hung_up) != 0;
  if (end || (events & EPOLLIN) != 0) dispatch(worker, socket.reading, end);
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) dispatch(worker, socket.writing, false);
}

void StealingRuntime::dispatch(StealingWorker& worker, Direction& direction, bool hung_up) {
  if (!direction.readiness.edge(hung_up)) return;
  if (!alone_) return deliver(worker, direction);
  run_job(worker, direction);
}

}  // namespace gauntlet
