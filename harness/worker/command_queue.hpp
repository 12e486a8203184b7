// Words from the harness on their way to the coroutine that waits for them.
#pragma once

#include <coroutine>
#include <deque>
#include <mutex>
#include <string>

#include "runtimes/task/task.hpp"

namespace gauntlet {

/// push() from any thread while the runtime lives; next() from tasks of that runtime, one waiter at a time (asserted).
/// Must outlive the runtime: a task that waits is withdrawn from here when the runtime drops it.
class CommandQueue {
 public:
  explicit CommandQueue(Runtime& runtime) : runtime_(&runtime) {}
  CommandQueue(const CommandQueue&) = delete;
  CommandQueue& operator=(const CommandQueue&) = delete;

  void push(std::string word);
  Task<std::string> next();

 private:
  class Suspension;
  bool suspend(TaskCore& core, Suspension& waiting) noexcept;
  bool withdraw(const Suspension& waiting) noexcept;
  std::string take();

  Runtime* runtime_;
  std::mutex mutex_;
  std::deque<std::string> words_;
  Suspension* waiting_ = nullptr;
};

}  // namespace gauntlet
