// Sleeping and giving way.
#pragma once

#include <chrono>
#include <coroutine>

#include "runtimes/task/op_awaiter.hpp"

namespace gauntlet {

class Sleep : public OpAwaiter<TimerOp> {
 public:
  explicit Sleep(std::chrono::steady_clock::time_point deadline) noexcept : OpAwaiter(deadline) {}
  void await_resume() const noexcept {}
};

/// Resumes at or after the deadline, never before. A cancelled task is dropped while it sleeps.
inline Sleep sleep_until(std::chrono::steady_clock::time_point deadline) noexcept { return Sleep(deadline); }

/// Of the caller's own type: a conversion before the call would stand in the sleeping frame.
template <typename Number, typename Period>
Sleep sleep_for(std::chrono::duration<Number, Period> duration) noexcept {
  return sleep_until(std::chrono::steady_clock::now() + std::chrono::ceil<std::chrono::nanoseconds>(duration));
}

/// Goes to the end of the ready queue.
class Yield {
 public:
  Yield() noexcept {}
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) const noexcept {
    TaskCore& core = awaiting.promise();
    core.become_ready();
    this_worker()->runtime->schedule(core);
  }
  void await_resume() const noexcept {}
};
inline Yield yield() noexcept { return Yield(); }

}  // namespace gauntlet
