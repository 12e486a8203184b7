// The one seam between tasks and the thing that runs them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtimes/contract/blocking_pool.hpp"
#include "runtimes/contract/config.hpp"
#include "runtimes/contract/dispatch.hpp"
#include "runtimes/contract/error.hpp"
#include "runtimes/contract/hooks.hpp"
#include "runtimes/contract/metrics.hpp"
#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"
#include "runtimes/contract/worker.hpp"

namespace gauntlet {

/// What submit() says of an operation.
enum class Submitted {
  pending,  ///< `run` will be called once, later, on this worker
  done      ///< `result` is set, and `run` will not be called
};

/// What one turn did, for owners who drive a runtime themselves.
struct Turn {
  bool ran_anything = false;
  /// When the next timer is due; none: only an event can bring work.
  std::optional<std::chrono::steady_clock::time_point> next_deadline;
};

/// What tells runtimes apart for those who write servers and tasks.
struct RuntimeTraits {
  /// Every worker may listen on one and the same endpoint, and a connection stays where it arrived. Otherwise one
  /// listener does, and the home of an accepted socket is what the dispatch chose.
  bool accepts_per_worker = false;
  bool sockets_migrate = false;   ///< any worker may submit on any socket
  bool tasks_migrate = false;     ///< a task has no home unless it was spawned on one: any worker may resume it
  bool has_blocking_pool = true;  ///< run_blocking() and files work; else they fail with not_supported
};

/// A runtime: ready queue, timers and input/output behind ten virtual functions.
///
/// Workers: run() makes the calling thread worker 0, starts a thread for each of the others and joins them before it
/// returns. poll_once() makes the calling thread each of the workers in turn. this_worker()->index tells which one it
/// is. A task has a home worker from its spawning on: all its resumptions happen there, unless `tasks_migrate`.
///
/// Threads: schedule(), place(), stop(), shut_down(), is_running() and metrics() from any thread; submit(), cancel()
/// and give_back() on the home worker of what they concern; listen() on any worker; run() and poll_once() by the owner,
/// one caller at a time.
///
/// Nothing is ever resumed inside schedule(), submit() or cancel().
///
/// Destruction, on the owner's thread while nobody is inside run(): every live task is cancelled, the loops are turned
/// until nothing is in flight, then the frames are destroyed (their destructors run) and every socket closed. Tasks are
/// not resumed any more. Blocking calls that have begun are waited for, and their threads joined.
class Runtime {
 public:
  virtual ~Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Queues a job for the worker that it names; wakes the worker if it is blocked. One that names none goes to the
  /// calling worker, from outside to one of the runtime's choice. Jobs queued by one thread for one worker run in the
  /// order queued, unless `tasks_migrate`.
  void schedule(Job& job) noexcept {
    Worker* here = this_worker();
    if (here != nullptr && here->runtime == this) return schedule_from(*here, job);
    callers_.fetch_add(1, std::memory_order_relaxed);
    enqueue(job, nullptr);
    callers_.fetch_sub(1, std::memory_order_release);
  }
  /// The same, on the worker `here` of this runtime.
  void schedule_from(Worker& here, Job& job) noexcept {
    if (job.worker == here.queues_for) return here.ready.push(job);
    enqueue(job, &here);
  }

  /// Starts an operation. May answer `done`, at most RuntimeConfig::turn_budget times per resumed job, so that no
  /// connection starves the rest.
  virtual Submitted submit(Op& op) noexcept = 0;

  /// Asks an operation in flight to end soon. It still completes exactly once, later: with its result if that was
  /// first, else with -ECANCELED. Closing cannot be cancelled.
  virtual void cancel(Op& op) noexcept = 0;

  /// Opens a listening socket at once, whose home is the calling worker: an address in use, for example, is an error
  /// here. Where `accepts_per_worker`, other workers of this runtime may then listen at its local endpoint too.
  virtual Result<SocketBase*> listen(const Endpoint& endpoint) = 0;

  /// Takes back the memory of a lent buffer.
  virtual void give_back(std::byte* data, std::uint32_t token) noexcept = 0;

  /// Runs on the calling thread, and on those that it starts, until stop(). Blocks without any periodic wake-up when
  /// there is nothing to do. May be called again after it has returned; after shut_down() it returns at once. Throws
  /// std::system_error if a thread cannot be had; then nothing runs.
  void run() {
    if (!is_shut_down()) run_workers();
  }

  /// One turn of every worker, on the calling thread; never blocks.
  virtual Turn poll_once() = 0;

  /// Makes run() return soon, on all workers. Called while nothing runs, it makes the next run() return at once.
  /// Idempotent. run() may return before this does; the runtime must outlive both.
  virtual void stop() noexcept = 0;

  /// Ends the runtime for good, where stop() ends a run: run() returns soon, and from then on at once; what is spawned
  /// from then on ends before its first step, with not_running. What is alive stays suspended, and is dropped by the
  /// destructor. Idempotent, any thread, also inside a task.
  void shut_down() noexcept {
    shut_down_.store(true, std::memory_order_seq_cst);
    counts_tasks_.store(true, std::memory_order_seq_cst);  // so that a spawn asks
    stop();
  }
  bool is_shut_down() const noexcept { return shut_down_.load(std::memory_order_seq_cst); }

  /// What is in force, including what was asked for and could not be had.
  EffectiveConfig effective_config() const;

  /// What was asked for.
  const RuntimeConfig& config() const noexcept { return config_; }
  /// Null: nobody listens.
  RuntimeHooks* hooks() const noexcept { return config_.hooks.get(); }
  /// CPUs that its workers are bound to, one each and in turn; empty: to none.
  const std::vector<int>& cpus() const noexcept { return cpus_; }
  /// For WorkerThread: a worker could not be bound to its CPU. Any thread.
  void could_not_bind() noexcept { is_bound_.store(false, std::memory_order_relaxed); }

  /// Whoever spawns asks admit_task() first, and task_ended() is called for what it admitted. Constant until
  /// shut_down(), then true.
  bool counts_tasks() const noexcept { return counts_tasks_.load(std::memory_order_relaxed); }
  /// An error: not_running after shut_down(), out_of_resources where as many tasks as max_tasks allows are alive. Any
  /// thread.
  Result<void> admit_task() noexcept;
  void task_ended() noexcept { live_tasks_.fetch_sub(1, std::memory_order_relaxed); }

  virtual RuntimeMetrics metrics() const noexcept = 0;

  /// Where run_blocking() makes its calls.
  BlockingPool& blocking_pool() noexcept { return blocking_; }

  /// Somebody is inside run().
  bool is_running() const noexcept { return running_.load(std::memory_order_relaxed); }

  /// Constant: indices of workers are below it. What `worker_threads` became.
  std::uint16_t workers() const noexcept { return workers_; }

  const RuntimeTraits& traits() const noexcept { return traits_; }

  /// The home of a task that the calling thread spawns now: on a worker of this runtime that worker, from outside what
  /// the dispatch chooses; any_worker where `tasks_migrate`.
  std::uint16_t place() noexcept { return workers_ == 1 && !traits_.tasks_migrate ? 0 : place_among_several(); }
  /// The same on the worker `here` of this runtime.
  std::uint16_t place_from(const Worker& here) const noexcept {
    return traits_.tasks_migrate ? Job::any_worker : here.index;
  }

 protected:
  /// The values of `config` are valid; see check().
  explicit Runtime(const RuntimeConfig& config, std::uint16_t workers = 1, RuntimeTraits traits = {},
                   Dispatch dispatch = Dispatch::round_robin);

  /// run(), while the runtime is not shut down.
  virtual void run_workers() = 0;

  /// What only this runtime can say of its effective configuration.
  virtual EffectiveConfig own_settings() const = 0;

  /// schedule() of what Worker::queues_for does not cover. `here`: the calling thread's worker, if it is one of this
  /// runtime. From any other thread the runtime may be touched after the job was published, even if that job was all
  /// that its destructor waited for.
  virtual void enqueue(Job& job, Worker* here) noexcept = 0;

  /// Ends the destructor of every runtime, when no job is left: no foreign thread is inside schedule() any more.
  void wait_for_callers() const noexcept;

 private:
  std::uint16_t place_among_several() noexcept;
  EffectiveConfig common_settings() const;
  Setting affinity_setting() const;

 protected:
  const RuntimeConfig config_;

 private:
  const std::uint16_t workers_;
  const RuntimeTraits traits_;
  std::atomic<std::uint32_t> callers_{0};  ///< foreign threads inside schedule()
  const std::vector<int> cpus_;
  std::atomic<bool> counts_tasks_;
  std::atomic<bool> shut_down_{false};
  std::atomic<bool> is_bound_{true};
  std::atomic<std::uint32_t> live_tasks_{0};  ///< where they are counted
  BlockingPool blocking_;

 protected:
  Dispatcher dispatcher_;
  std::atomic<bool> running_{false};  ///< kept by run_workers()
};

}  // namespace gauntlet
