// Which task a coroutine belongs to.
#pragma once

#include <coroutine>

#include "runtimes/task/core.hpp"

namespace gauntlet::http {

/// `co_await CurrentTask()` gives the root of the task that awaits it, at once; what Deadlines cancel.
class CurrentTask {
 public:
  CurrentTask() noexcept {}
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    root_ = &awaiting.promise().root();
    return false;
  }
  TaskCore& await_resume() const noexcept { return *root_; }

 private:
  TaskCore* root_ = nullptr;
};

}  // namespace gauntlet::http
