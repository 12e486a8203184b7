// Starting tasks, and running a runtime until one is done.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/task/join_handle.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

/// Queues the task on the runtime; any thread. An exception that leaves it goes to the handle and nowhere else.
template <typename T>
JoinHandle<T> spawn(Runtime& runtime, Task<T> task) {
  assert(task && "an empty task was spawned");
  TaskCore& core = task.release().promise();
  core.become_root(2, runtime);
  TaskShared& shared = core.shared();
  runtime.schedule(core);
  return JoinHandle<T>(shared, runtime);
}

/// On the runtime of the calling worker.
template <typename T>
JoinHandle<T> spawn(Task<T> task) {
  return spawn(*this_worker()->runtime, std::move(task));
}

/// Runs `function` once on a worker of the runtime; any thread.
void post(Runtime& runtime, std::move_only_function<void()> function);

namespace detail {
/// Runs the runtime on the calling thread until the task has finished.
void run_until_finished(Runtime& runtime, TaskShared& task);
}  // namespace detail

/// Runs the runtime on the calling thread until the task is done; rethrows what the task threw. Other tasks of the
/// runtime run too, and stay suspended when this returns. Not from inside a worker.
template <typename T>
T block_on(Runtime& runtime, Task<T> task) {
  TaskCore& core = task.release().promise();
  core.become_root(2, runtime);
  TaskShared& shared = core.shared();
  JoinHandle<T> handle(shared, runtime);
  runtime.schedule(core);
  detail::run_until_finished(runtime, shared);
  TaskResult<T> result = handle.take();
  if (!result.has_value()) {
    if (result.error().cancelled()) throw std::system_error(make_error_code(Errc::cancelled));
    std::rethrow_exception(result.error().exception());
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace gauntlet
