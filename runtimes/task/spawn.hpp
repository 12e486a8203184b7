// Starting tasks, and running a runtime until one is done.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/task/io.hpp"
#include "runtimes/task/join_handle.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

namespace detail {

/// For runtimes that count their tasks. False: the task was refused, and has ended.
bool admit(Runtime& runtime, TaskCore& core) noexcept;

/// The root of a new task. It may not run, and has ended, where `admitted` is false.
template <typename T>
TaskCore& new_root(Runtime& runtime, std::uint16_t home, Task<T>& task, bool& admitted) noexcept {
  assert(task && "an empty task was spawned");
  TaskCore& core = task.release().promise();
  core.become_root(home);
  admitted = !runtime.counts_tasks() || admit(runtime, core);
  return core;
}

template <typename T>
JoinHandle<T> spawn_at(Runtime& runtime, std::uint16_t home, Task<T> task) {
  bool admitted;
  TaskCore& core = new_root(runtime, home, task, admitted);
  if (admitted) runtime.schedule(core);
  return JoinHandle<T>(core.shared(), runtime);
}

}  // namespace detail

/// Queues the task on the runtime; any thread. Its home is the calling worker; from outside, a worker of the runtime's
/// choice. An exception that leaves it goes to the handle and nowhere else. Where max_tasks are alive the task ends at
/// once, before its first step, and its failure's code is out_of_resources; where the runtime was shut down,
/// not_running.
template <typename T>
JoinHandle<T> spawn(Runtime& runtime, Task<T> task) {
  return detail::spawn_at(runtime, runtime.place(), std::move(task));
}

/// On the runtime of the calling worker.
template <typename T>
JoinHandle<T> spawn(Task<T> task) {
  Worker& here = *this_worker();
  Runtime& runtime = *here.runtime;
  bool admitted;
  TaskCore& core = detail::new_root(runtime, runtime.place_from(here), task, admitted);
  if (admitted) [[likely]]
    runtime.schedule_from(here, core);
  return JoinHandle<T>(core.shared(), runtime);
}

/// With worker `home` (an index below runtime.workers()) as its home, also where tasks migrate; any thread.
template <typename T>
JoinHandle<T> spawn_on(Runtime& runtime, std::uint16_t home, Task<T> task) {
  assert(home < runtime.workers() && "no such worker");
  return detail::spawn_at(runtime, home, std::move(task));
}

template <typename T>
JoinHandle<T> spawn_on(std::uint16_t home, Task<T> task) {
  return spawn_on(*this_worker()->runtime, home, std::move(task));
}

/// Spawns `serve(socket)`, a Task, on the socket's home, wherever that is.
template <typename Serve>
auto spawn_beside(Socket socket, Serve&& serve) {
  Runtime& runtime = socket.record().runtime();
  const std::uint16_t home = runtime.traits().sockets_migrate ? runtime.place() : socket.record().home();
  return detail::spawn_at(runtime, home, serve(std::move(socket)));
}

/// Runs `function` once on that worker of the runtime; any thread.
void post_on(Runtime& runtime, std::uint16_t worker, std::move_only_function<void()> function);

/// On the calling worker; from outside, on a worker of the runtime's choice.
void post(Runtime& runtime, std::move_only_function<void()> function);

namespace detail {
/// Runs the runtime on the calling thread until the task has finished.
void run_until_finished(Runtime& runtime, JoinHandleBase& task);
}  // namespace detail

/// Runs the runtime on the calling thread, the task's home, until the task is done; rethrows what the task threw. Other
/// tasks of the runtime run too, and stay suspended when this returns. Not from inside a worker.
template <typename T>
T block_on(Runtime& runtime, Task<T> task) {
  JoinHandle<T> handle = spawn_on(runtime, 0, std::move(task));
  detail::run_until_finished(runtime, handle);
  TaskResult<T> result = handle.take();
  if (!result.has_value()) {
    if (result.error().cancelled()) throw std::system_error(make_error_code(Errc::cancelled));
    std::rethrow_exception(result.error().exception());
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace gauntlet
