// Who runs what: queues, stealing, waking.
#include <algorithm>

#include "runtimes/task/core.hpp"
#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

namespace {

/// Hot jobs taken in a row before the oldest has its turn.
constexpr std::uint32_t hot_bound = 32;
/// Jobs between two looks into the injector of a worker that has work of its own. Prime, so that it does not beat in
/// time with what the jobs do.
constexpr std::uint32_t ticks_per_injector_look = 61;
/// Jobs moved at a time: half a deque, so that there is always room for them in an empty one.
constexpr std::size_t most_moved = StealDeque::capacity / 2;

/// A task just spawned, or woken by the one that runs: its data are in this worker's caches.
bool is_hot(const Job& job) noexcept { return TaskCore::is_start(job) || TaskCore::is_completion(job); }

}  // namespace

void StealingRuntime::enqueue(Job& job, Worker* caller) noexcept {
  auto* worker = static_cast<StealingWorker*>(caller);
  if (job.worker == Job::any_worker && stealing_) {
    if (worker != nullptr) return push(*worker, job, is_hot(job));
    injector_.push(job);
    return wake_one();
  }
  const std::uint16_t to = job.worker != Job::any_worker ? job.worker : place();
  if (worker != nullptr && worker->index == to) return worker->ready.push(job);
  hand_over(to, job);
}

void StealingRuntime::deliver(StealingWorker& worker, Job& job) noexcept {
  if (job.worker == worker.index || (job.worker == Job::any_worker && !stealing_)) return worker.ready.push(job);
  if (job.worker == Job::any_worker) return push(worker, job, false);
  hand_over(job.worker, job);
}

void StealingRuntime::hand_over(std::uint16_t to, Job& job) noexcept {
  StealingWorker& other = *workers_list_[to];
  if (!other.inbox.push(job)) return;
  if (other.in_driver.load(std::memory_order_relaxed)) {
    driver_.poller().wake();
  } else {
    other.spot.wake();
  }
}

void StealingRuntime::take_handed_over(StealingWorker& worker) noexcept {
  if (worker.inbox.drain(worker.ready)) worker.counters.remote_wakeups.add();
}

void StealingRuntime::push(StealingWorker& worker, Job& job, bool hot) noexcept {
  if (!worker.deque.push(job, hot)) [[unlikely]] {
    make_room(worker);
    worker.deque.push(job, hot);  // thieves only make more room
  }
  // A single job is left to its owner, who comes to it next: waking somebody for it costs more than it gains.
  if (worker.deque.size() > 1 && idle_.should_wake()) wake_one();
}

void StealingRuntime::make_room(StealingWorker& worker) noexcept {
  RunQueue oldest;
  std::size_t count = 0;
  for (; count < most_moved; ++count) {
    Job* job = worker.deque.take_oldest();
    if (job == nullptr) break;
    oldest.push(*job);
  }
  injector_.push_all(oldest, count);
}

bool StealingRuntime::has_work(const StealingWorker& worker) const noexcept {
  return !worker.ready.empty() || worker.deque.size() > 0;
}

Job* StealingRuntime::take_from_deque(StealingWorker& worker) noexcept {
  if (worker.hot_in_a_row < hot_bound && worker.deque.newest_is_hot()) {
    if (Job* job = worker.deque.take_newest()) {
      ++worker.hot_in_a_row;
      return job;
    }
  }
  worker.hot_in_a_row = 0;
  return worker.deque.size() > 0 ? worker.deque.take_oldest() : nullptr;
}

Job* StealingRuntime::next_job(StealingWorker& worker) noexcept {
  if (!stealing_) return worker.ready.pop();
  ++worker.ticks;
  if (worker.ticks % ticks_per_injector_look == 0) take_injected(worker);
  // In turn, so that neither what is pinned here nor what is shared waits for the other to end.
  if (worker.ticks % 2 == 0) {
    if (Job* job = worker.ready.pop()) return job;
  }
  if (Job* job = take_from_deque(worker)) return job;
  return worker.ready.pop();
}

bool StealingRuntime::take_injected(StealingWorker& worker) noexcept {
  if (injector_.empty() || worker.deque.size() > most_moved) return false;
  RunQueue share;
  injector_.take(share, workers_list_.size(), most_moved);
  bool any = false;
  while (Job* job = share.pop()) {
    any = true;
    if (worker.deque.push(*job, false)) continue;
    injector_.push(*job);
  }
  return any;
}

void StealingRuntime::search(StealingWorker& worker) noexcept {
  bool found = take_injected(worker);
  if (!found) {
    if (!worker.searching) worker.searching = idle_.start_searching();
    if (!worker.searching) return;
    found = steal(worker) || take_injected(worker);
  }
  if (found) stop_searching(worker);
}

void StealingRuntime::stop_searching(StealingWorker& worker) noexcept {
  if (!worker.searching) return;
  worker.searching = false;
  // The searcher stood for all work that was made public meanwhile; it has come to some of it.
  if (idle_.found_work() && (worker.deque.size() > 1 || !injector_.empty())) wake_one();
}

bool StealingRuntime::steal(StealingWorker& worker) noexcept {
  const std::size_t count = workers_list_.size();
  worker.random = worker.random * 1664525 + 1013904223;
  const std::size_t start = (worker.random >> 16) % count;
  for (std::size_t i = 0; i < count; ++i) {
    StealingWorker& victim = *workers_list_[(start + i) % count];
    if (&victim == &worker) continue;
    const std::size_t size = victim.deque.size();
    if (size == 0) continue;
    worker.counters.steals_tried.add();
    const std::size_t half = std::min((size + 1) / 2, most_moved);
    std::size_t stolen = 0;
    for (; stolen < half; ++stolen) {
      Job* job = victim.deque.take_oldest();
      if (job == nullptr) break;
      worker.deque.push(*job, false);
    }
    if (stolen == 0) continue;
    worker.counters.steals_won.add();
    return true;
  }
  return false;
}

void StealingRuntime::wake_one() noexcept {
  const std::uint32_t sleeper = idle_.take_sleeper();
  if (sleeper == IdleWorkers::nobody) return;
  if (StealingWorker* worker = here()) worker->counters.peer_wakeups.add();
  wake(*workers_list_[sleeper]);
}

void StealingRuntime::wake(StealingWorker& sleeper) noexcept {
  if (!sleeper.inbox.rouse()) return;
  if (sleeper.in_driver.load(std::memory_order_relaxed)) {
    driver_.poller().wake();
  } else {
    sleeper.spot.wake();
  }
}

bool StealingRuntime::work_anywhere() const noexcept {
  return !injector_.empty() ||
         std::ranges::any_of(workers_list_, [](const auto& worker) { return worker->deque.has_jobs(); });
}

}  // namespace gauntlet
