// Task<T>: a lazy coroutine. It runs when it is awaited or spawned.
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "runtimes/task/core.hpp"

namespace gauntlet {

template <typename T>
class Task;

namespace detail {

struct FinalAwaiter {
  FinalAwaiter() noexcept {}
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) const noexcept {
    Promise& promise = finished.promise();
    if (TaskCore* parent = promise.parent()) return parent->handle();
    Worker& here = *this_worker();
    const bool ran_without_pause = !promise.was_suspended();
    promise.end(here);
    TaskShared& task = promise.shared();
    if (Job* joiner = task.announce_end_here()) {
      // Where nothing else is ready it would be the next in any case. Not behind a task that was suspended, or a chain
      // of joins would end in one step, and keep the loop from its events meanwhile.
      if (here.ready.empty() && ran_without_pause) return TaskCore::end_wait(*joiner);
      here.runtime->schedule_from(here, *joiner);
    } else if (task.announce_end_to_others()) {
      promise.end_outcome();
      task.release();
    }
    return std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

class PromiseBase : public TaskCore {
 public:
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { fail(); }
};

/// What tasks with a result of type T have in common, whatever their parameters.
template <typename T>
class Promise : public PromiseBase {
 public:
  static_assert(alignof(T) <= 16, "frames are aligned to 16");

  Task<T> get_return_object() noexcept;
  template <typename U>
  requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    value_.begin(std::forward<U>(value));
    set(Mark::valued);
  }
  /// The result, or throws the exception if that is how it ended.
  T take() {
    if (has(Mark::failed)) [[unlikely]]
      std::rethrow_exception(take_failure());
    return std::move(value_.get());
  }

  static Promise& of(TaskShared& task) noexcept { return static_cast<Promise&>(TaskCore::of(task)); }
  /// Of one that has ended with a result.
  T& value() noexcept { return value_.get(); }
  void end_value() noexcept { value_.end(); }
  /// Before the frame is destroyed or its memory given up, by whoever does so, if the outcome was not taken out.
  void end_outcome() noexcept {
    if (!has(outcome)) return;
    if (has(Mark::failed)) {
      take_failure();
    } else if constexpr (!std::is_trivially_destructible_v<T>) {
      value_.end();
    }
  }

 private:
  ManualLifetime<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() {
    if (has(Mark::failed)) [[unlikely]]
      std::rethrow_exception(take_failure());
  }

  static Promise& of(TaskShared& task) noexcept { return static_cast<Promise&>(TaskCore::of(task)); }
  void end_outcome() noexcept {
    if (has(Mark::failed)) take_failure();
  }
};

/// The promise that the compiler puts into a frame.
template <typename T, bool has_parameters_to_destroy>
class PromiseOf final : public Promise<T> {
 public:
  void end(Worker& here) noexcept { this->template end_root<has_parameters_to_destroy>(here); }
};

}  // namespace detail

/// Owns a coroutine that has not run to its end. Move-only. Destroying it destroys the frame and all that it awaits,
/// so it must not have an operation in flight: only its runtime drops a running task.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() noexcept = default;
  explicit Task(Handle frame) noexcept : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() { destroy(); }

  explicit operator bool() const noexcept { return static_cast<bool>(frame_); }

  /// For spawn: gives the frame away.
  Handle release() noexcept { return std::exchange(frame_, nullptr); }

  /// Runs the child by symmetric transfer and yields its result, or throws what it threw.
  class Awaiter {
   public:
    explicit Awaiter(Handle child) noexcept : child_(child) {}
    bool await_ready() const noexcept { return false; }
    template <typename Parent>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Parent> parent) noexcept {
      child_.promise().set_parent(parent.promise());
      return child_;
    }
    T await_resume() { return child_.promise().take(); }

   private:
    Handle child_;
  };

  Awaiter operator co_await() const noexcept {
    assert(frame_ && "an empty task was awaited");
    return Awaiter(frame_);
  }

 private:
  void destroy() noexcept {
    if (!frame_) return;
    frame_.promise().end_outcome();
    frame_.destroy();
  }

  Handle frame_ = nullptr;
};

template <typename T>
Task<T> detail::Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> detail::Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace gauntlet

template <typename T, typename... Parameters>
struct std::coroutine_traits<gauntlet::Task<T>, Parameters...> {
  using promise_type = gauntlet::detail::PromiseOf<T, !(std::is_trivially_destructible_v<Parameters> && ...)>;
};
