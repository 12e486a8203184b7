// The turn of a worker, and the life of the runtime.
#include "runtimes/work_stealing/stealing_runtime.hpp"

#include <algorithm>
#include <cassert>
#include <mutex>

#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/loop/exact_wake_ups.hpp"
#include "runtimes/loop/worker_threads.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace {

/// Jobs run before the kernel is asked again, so that ready tasks cannot keep out the network.
constexpr int batch = 256;

}  // namespace

std::uint16_t StealingRuntime::workers_for(const RuntimeConfig& config) noexcept {
  return static_cast<std::uint16_t>(std::clamp<std::uint32_t>(config.worker_threads, 1, IdleWorkers::most_workers));
}

RuntimeTraits StealingRuntime::traits_for(const RuntimeConfig& config) noexcept {
  const bool migrate = workers_for(config) > 1 && config.work_stealing;
  return {.sockets_migrate = migrate, .tasks_migrate = migrate};
}

StealingRuntime::StealingRuntime(const RuntimeConfig& config, Dispatch dispatch, Poller poller)
    : Runtime(config, workers_for(config), traits_for(config), dispatch),
      alone_(workers() == 1),
      stealing_(traits().tasks_migrate),
      deals_out_(!alone_ && !stealing_ && dispatch != Dispatch::affinity),
      idle_(workers()),
      driver_(std::move(poller), alone_) {
  const std::uint32_t buffers = std::min(config.buffers_per_worker, SharedBuffers::most_buffers);
  const std::uint32_t bytes = std::max(config.buffer_bytes, SharedBuffers::least_bytes);
  for (std::uint16_t i = 0; i < workers(); ++i) {
    workers_list_.push_back(std::make_unique<StealingWorker>(i, buffers, bytes));
    workers_list_.back()->runtime = this;
    peers_.push_back(workers_list_.back().get());
  }
  for (auto& worker : workers_list_) worker->peers = peers_.data();
}

StealingRuntime::~StealingRuntime() {
  shut_down();
  wait_for_callers();
}

StealingWorker* StealingRuntime::here() const noexcept {
  Worker* worker = this_worker();
  return worker != nullptr && worker->runtime == this ? static_cast<StealingWorker*>(worker) : nullptr;
}

StealingWorker& StealingRuntime::worker_here() const noexcept {
  StealingWorker* worker = here();
  assert(worker != nullptr && "operations are submitted on a worker of their runtime");
  return *worker;
}

void StealingRuntime::stop() noexcept {
  stop_requested_.store(true, std::memory_order_seq_cst);
  for (auto& worker : workers_list_) wake(*worker);
}

void StealingRuntime::run_workers() {
  run_on_threads(
      workers_list_.size(), [this] { running_.store(true, std::memory_order_relaxed); },
      [this](std::size_t i) { drive(*workers_list_[i]); });
  stop_requested_.store(false, std::memory_order_relaxed);
  running_.store(false, std::memory_order_relaxed);
}

void StealingRuntime::drive(StealingWorker& worker) {
  const WorkerThread thread(worker);
  const ExactWakeUps exact;
  while (!stop_requested_.load(std::memory_order_seq_cst)) turn(worker, true);
  stop_searching(worker);
}

Turn StealingRuntime::poll_once() {
  Turn result;
  for (auto& worker : workers_list_) {
    const WorkerScope scope(*worker);
    result.ran_anything |= turn(*worker, false);
    stop_searching(*worker);
  }
  for (auto& worker : workers_list_) {
    const auto deadline = next_deadline(*worker);
    if (deadline && (!result.next_deadline || *deadline < *result.next_deadline)) result.next_deadline = deadline;
  }
  return result;
}

bool StealingRuntime::turn(StealingWorker& worker, bool may_block) {
  worker.counters.turns.add();
  const std::uint64_t before = worker.counters.jobs_run.read();
  take_handed_over(worker);
  // While it counts as searching nobody else is woken.
  if (worker.searching && has_work(worker)) stop_searching(worker);
  run_ready(worker);
  if (stealing_ && !has_work(worker)) {
    search(worker);
    // At once: if every worker first did something else, one job could be stolen to and fro for ever.
    run_ready(worker);
  }
  poll_or_park(worker, may_block && !has_work(worker));
  take_handed_over(worker);
  expire_timers(worker);
  return worker.counters.jobs_run.read() != before;
}

void StealingRuntime::run_ready(StealingWorker& worker) {
  for (int i = 0; i < batch; ++i) {
    Job* job = next_job(worker);
    if (job == nullptr) return;
    // A worker that runs jobs must not count as searching, or nobody is woken for what comes meanwhile.
    if (worker.searching) [[unlikely]]
      stop_searching(worker);
    // What is left is more than this worker runs now.
    if (stealing_ && worker.deque.size() > 0 && idle_.should_wake()) wake_one();
    run_job(worker, *job);
  }
}

void StealingRuntime::run_job(StealingWorker& worker, Job& job) noexcept {
  worker.budget = config_.turn_budget;
  worker.counters.jobs_run.add();
  job.run(job);
}

void StealingRuntime::expire_timers(StealingWorker& worker) {
  if (alone_) {
    if (worker.timers.empty()) return;
    const auto now = TimerWheel::Clock::now();
    while (TimerOp* timer = worker.timers.pop_due(now)) {
      worker.counters.timers_fired.add();
      timer->result = 0;
      timer->scratch = settled_timer;
      run_job(worker, *timer);
    }
    return;
  }
  RunQueue due;
  {
    const std::lock_guard lock(worker.timers_lock);
    if (worker.timers.empty()) return;
    const auto now = TimerWheel::Clock::now();
    while (TimerOp* timer = worker.timers.pop_due(now)) {
      timer->scratch = settled_timer;
      // Released: a canceller that reads this looks into the wheel of worker 0, under another lock than this one.
      std::atomic_ref(timer->result).store(0, std::memory_order_release);
      due.push(*timer);
    }
  }
  while (Job* timer = due.pop()) {
    worker.counters.timers_fired.add();
    deliver(worker, *timer);
  }
}

bool StealingRuntime::anything_left() noexcept {
  if (!injector_.empty()) return true;
  return std::ranges::any_of(workers_list_, [this](const auto& worker) {
    return !worker->tasks.empty() || !worker->migrating.empty() || has_work(*worker) || worker->inbox.has_jobs();
  });
}

void StealingRuntime::shut_down() noexcept {
  stop_requested_.store(false, std::memory_order_relaxed);  // or a turn that has to wait would spin
  // Nobody else runs any more: this thread is each of the workers in turn.
  StealingWorker& first = *workers_list_[0];
  for (auto& worker : workers_list_) worker->draining = true;
  for (auto& worker : workers_list_) {
    const WorkerScope scope(*worker);
    // Every suspended task is flagged; whatever resumes it next drops it.
    for (const LiveTasks* list : {&worker->tasks, &worker->migrating}) {
      for (TaskBase* task = list->first(); task != nullptr; task = task->next_live) {
        static_cast<TaskCore*>(task)->request_cancel();
      }
    }
  }
  while (anything_left()) {
    if (poll_once().ran_anything) continue;
    bool work = !injector_.empty();
    for (auto& worker : workers_list_) work = work || has_work(*worker) || worker->inbox.has_jobs();
    if (work) continue;
    // What is left waits for a job that another thread is about to schedule, for whichever worker.
    bool asleep = true;
    for (auto& worker : workers_list_) {
      if (worker.get() == &first) continue;
      worker->in_driver.store(true, std::memory_order_relaxed);
      asleep = worker->inbox.fall_asleep() && asleep;
    }
    const WorkerScope scope(first);
    poll_or_park(first, asleep);
  }
  assert(open_sockets_.load() == 0 && "a socket outlived its runtime");
}

std::string StealingRuntime::dispatch_note() const {
  if (alone_) return "one worker gets everything";
  if (stealing_) return "any worker serves any connection";
  return deals_out_ ? "" : "a connection stays on the worker that accepts it, on one listener";
}

EffectiveConfig StealingRuntime::own_settings() const {
  const bool fine = driver_.poller().has_fine_timeouts();
  const bool clamped = config_.buffer_bytes < SharedBuffers::least_bytes;
  const bool fewer = config_.worker_threads != workers();
  return {{"backend", config_.backend},
          {"worker_threads", std::to_string(workers()), fewer ? "64 workers share one word of sleepers" : ""},
          {"work_stealing", stealing_ ? "true" : "false",
           config_.work_stealing && !stealing_ ? "one worker has nobody to steal from" : ""},
          {"dispatch", config_.dispatch, dispatch_note()},
          {"idle", "block"},
          {"files", "blocking pool"},
          {"buffer_bytes", std::to_string(std::max(config_.buffer_bytes, SharedBuffers::least_bytes)),
           clamped ? "the least that a free buffer needs for itself" : ""},
          {"buffers_per_worker", std::to_string(std::min(config_.buffers_per_worker, SharedBuffers::most_buffers)),
           config_.buffers_per_worker > SharedBuffers::most_buffers ? "a token has 24 bits for it" : ""},
          {"timer_resolution", fine ? "1 ns" : "1 ms", fine ? "" : "this kernel has no epoll_pwait2"}};
}

RuntimeMetrics StealingRuntime::metrics() const noexcept {
  RuntimeMetrics total;
  for (const auto& worker : workers_list_) total.add(worker->counters);
  return total;
}

}  // namespace gauntlet
