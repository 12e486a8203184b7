// What a program may listen to in a runtime.
#pragma once

#include <cstdint>
#include <exception>

namespace gauntlet {

/// A thread that a runtime drives: a worker inside run(), or one of its pool for blocking calls.
struct RuntimeThread {
  enum class Kind : std::uint8_t { worker, blocking };
  Kind kind = Kind::worker;
  std::uint32_t index = 0;  ///< among the threads of its kind
};

/// Derive, override what is of interest, and give it to RuntimeConfig::hooks. Each is called on the thread where it
/// happens, many at once, inside the runtime: it must not throw, block, or call back into the runtime.
///
/// How often, beside the metric that counts the same: on_thread_start and on_thread_stop thread_starts for workers (and
/// once for each thread of the pool), on_park and on_unpark parks, on_task_spawn and on_task_finish tasks_started and
/// tasks_finished once all tasks have ended, on_task_failure tasks_failed.
class RuntimeHooks {
 public:
  virtual ~RuntimeHooks() = default;

  virtual void on_thread_start(RuntimeThread) noexcept {}
  virtual void on_thread_stop(RuntimeThread) noexcept {}
  /// The worker is about to block, and is back.
  virtual void on_park(std::uint16_t /*worker*/) noexcept {}
  virtual void on_unpark(std::uint16_t /*worker*/) noexcept {}
  /// On the spawning thread, before the task can run.
  virtual void on_task_spawn(std::uint64_t /*task*/) noexcept {}
  /// The task has ended in any way and its frame is gone; on the worker where it did, behind on_task_failure.
  virtual void on_task_finish(std::uint64_t /*task*/) noexcept {}
  /// The exception that ended it, which its handle gets too.
  virtual void on_task_failure(std::uint64_t /*task*/, const std::exception_ptr&) noexcept {}
};

}  // namespace gauntlet
