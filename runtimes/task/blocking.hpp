// Calls that block, off the workers.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include "runtimes/contract/blocking_pool.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace detail {

/// Suspends the awaiting coroutine while a thread of its runtime's pool makes the call. A call that has not begun when
/// the task is cancelled is not made; one that has begun is waited for, since it works inside the frame.
class BlockingSuspension : private ExternalWait, private BlockingJob {
 public:
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return suspend(awaiting.promise());
  }

 protected:
  using Call = void (*)(BlockingSuspension&) noexcept;
  explicit BlockingSuspension(Call call) noexcept : BlockingJob(&perform), call_(call) {}
  ~BlockingSuspension() = default;

  bool was_refused() const noexcept { return refused_; }
  /// Of a call that was refused.
  std::error_code refusal() const noexcept;

 private:
  static void perform(BlockingJob& job) noexcept;
  bool suspend(TaskCore& core) noexcept;
  bool withdraw() noexcept final;

  Call call_;
  Runtime* runtime_ = nullptr;
  bool refused_ = false;
};

}  // namespace detail

/// See run_blocking().
template <typename Function>
class [[nodiscard]] RunBlocking final : public detail::BlockingSuspension {
 public:
  using Value = std::invoke_result_t<Function&>;
  static_assert(!std::is_reference_v<Value>, "the result outlives the call: return a value or a pointer");

  template <typename Callable>
  explicit RunBlocking(std::in_place_t, Callable&& function)
      : BlockingSuspension(&call), function_(std::forward<Callable>(function)) {}
  RunBlocking(const RunBlocking&) = delete;
  RunBlocking& operator=(const RunBlocking&) = delete;

  Value await_resume() {
    if (was_refused()) throw std::system_error(refusal(), "no thread for a blocking call");
    if (failure_) std::rethrow_exception(std::move(failure_));
    if constexpr (!std::is_void_v<Value>) return std::move(*value_);
  }

 private:
  static void call(BlockingSuspension& suspension) noexcept {
    auto& self = static_cast<RunBlocking&>(suspension);
    try {
      if constexpr (std::is_void_v<Value>) {
        std::invoke(self.function_);
      } else {
        self.value_.emplace(std::invoke(self.function_));
      }
    } catch (...) {
      self.failure_ = std::current_exception();
    }
  }

  struct Nothing {};
  Function function_;
  [[no_unique_address]] std::conditional_t<std::is_void_v<Value>, Nothing, std::optional<Value>> value_;
  std::exception_ptr failure_;
};

/// `co_await run_blocking(function)` calls it on a thread of the runtime's pool (RuntimeConfig::blocking_threads) and
/// yields what it returned, or throws what it threw; the task goes on at home. Callable, result and the wait live in
/// the awaiting frame: nothing is allocated. Throws std::system_error if the pool has no thread and can have none, with
/// not_supported where the runtime has no pool.
///
/// Cancelling the task removes a call that has not begun; one that has begun goes on, and then its result is dropped
/// with the task. So does the end of the runtime, which waits for the calls that have begun.
template <typename Callable>
RunBlocking<std::decay_t<Callable>> run_blocking(Callable&& function) {
  return RunBlocking<std::decay_t<Callable>>(std::in_place, std::forward<Callable>(function));
}

}  // namespace gauntlet
