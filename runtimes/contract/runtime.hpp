// The one seam between tasks and the thing that runs them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "runtimes/contract/config.hpp"
#include "runtimes/contract/error.hpp"
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

/// What a runtime does differently where it has several workers. Fixed at construction.
struct RuntimeTraits {
  bool accepts_per_worker = false;  ///< one listener for each worker; a connection stays where it was accepted
  bool sockets_migrate = false;     ///< tasks are resumed on any worker, which may use any socket
};

/// A runtime: ready queue, timers and input/output behind ten functions.
///
/// Threads: schedule(), stop(), is_running() and metrics() from any thread; submit(), cancel() and give_back() on the
/// home worker of what they concern; run() and poll_once() by the owner, one caller at a time.
///
/// Nothing is ever resumed inside schedule(), submit() or cancel().
///
/// Destruction, on the owner's thread while nobody is inside run(): every live task is cancelled, the loop is turned
/// until nothing is in flight, then the frames are destroyed (their destructors run) and every socket closed. Tasks are
/// not resumed any more.
class Runtime {
 public:
  virtual ~Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Queues a job for a worker; wakes the worker if it is blocked. Jobs queued by one thread run in the order queued.
  virtual void schedule(Job& job) noexcept = 0;

  /// Starts an operation. May answer `done`, at most RuntimeConfig::turn_budget times per resumed job, so that no
  /// connection starves the rest.
  virtual Submitted submit(Op& op) noexcept = 0;

  /// Asks an operation in flight to end soon. It still completes exactly once, later: with its result if that was
  /// first, else with -ECANCELED. Closing cannot be cancelled.
  virtual void cancel(Op& op) noexcept = 0;

  /// Opens a listening socket at once: an address in use, for example, is an error here.
  virtual Result<SocketBase*> listen(const Endpoint& endpoint) = 0;

  /// Takes back the memory of a lent buffer.
  virtual void give_back(std::byte* data, std::uint32_t token) noexcept = 0;

  /// Runs on the calling thread until stop(). Blocks without any periodic wake-up when there is nothing to do. May be
  /// called again after it has returned.
  virtual void run() = 0;

  /// One turn that never blocks.
  virtual Turn poll_once() = 0;

  /// Makes run() return soon. Called while nothing runs, it makes the next run() return at once. Idempotent.
  virtual void stop() noexcept = 0;

  /// What is in force, including what was asked for and could not be had.
  virtual EffectiveConfig effective_config() const = 0;

  virtual RuntimeMetrics metrics() const noexcept = 0;

  std::uint16_t workers() const noexcept { return workers_; }
  const RuntimeTraits& traits() const noexcept { return traits_; }

  /// Somebody is inside run().
  bool is_running() const noexcept { return running_.load(std::memory_order_relaxed); }

 protected:
  explicit Runtime(std::uint16_t workers = 1, RuntimeTraits traits = {}) noexcept
      : workers_(workers), traits_(traits) {}

  std::atomic<bool> running_{false};  ///< kept by run()

 private:
  std::uint16_t workers_;
  RuntimeTraits traits_;
};

}  // namespace gauntlet
