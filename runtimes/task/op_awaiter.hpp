// Awaiting one operation: the Op lives in the awaiting frame.
#pragma once

#include <coroutine>
#include <utility>

#include "runtimes/task/core.hpp"

namespace gauntlet {

/// Base of the awaiters in io.hpp and time.hpp. Submits on the calling worker. Not movable: the runtime holds the
/// address of the Op.
template <typename OpType>
class OpAwaiter {
 public:
  template <typename... Arguments>
  explicit OpAwaiter(Arguments&&... arguments) noexcept
      : op(std::forward<Arguments>(arguments)..., &TaskCore::resume_waiter) {}
  OpAwaiter(const OpAwaiter&) = delete;
  OpAwaiter& operator=(const OpAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return awaiting.promise().start(op, *this_worker()->runtime);
  }

 protected:
  OpType op;
};

}  // namespace gauntlet
