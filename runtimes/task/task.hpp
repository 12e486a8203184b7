// Task<T>: a lazy coroutine. It runs when it is awaited or spawned.
#pragma once

#include <cassert>
#include <coroutine>
#include <new>
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
    if (TaskCore* parent = finished.promise().parent()) return parent->handle();
    finished.promise().finish_root();
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

/// Remains of a task that has a result.
template <typename T>
struct KeptResult final : TaskRemains {
  KeptResult(std::size_t allocation, T&& result) noexcept : TaskRemains{allocation}, value(std::move(result)) {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      destroy = [](TaskRemains& self) noexcept { static_cast<KeptResult&>(self).~KeptResult(); };
    }
  }
  T value;
};

template <typename T>
class Promise : public PromiseBase {
 public:
  static_assert(alignof(T) <= 16, "frames are aligned to 16");
  Promise() noexcept {}
  ~Promise() {
    if (has(Mark::valued)) value_.~T();
  }
  Task<T> get_return_object() noexcept;
  template <typename U>
  requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    new (&value_) T(std::forward<U>(value));
    set(Mark::valued);
  }
  /// Moves the result out; rethrows the exception if that is how it ended.
  T take() {
    if (has(Mark::failed)) [[unlikely]]
      std::rethrow_exception(take_failure());
    return std::move(value_);
  }
  /// At the end of a root; destroys the frame. The result waits for the handle where the frame was.
  void finish_root() noexcept {
    static_assert(sizeof(KeptResult<T>) <= sizeof(Promise));
    if (has(Mark::failed)) [[unlikely]]
      return destroy_finished_root().announce_end();
    T result = std::move(value_);
    TaskShared& ended = destroy_finished_root();
    new (ended.frame()) KeptResult<T>(ended.remains().bytes, std::move(result));
    ended.announce_end();
  }

 private:
  union {
    T value_;
  };
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
  void finish_root() noexcept { destroy_finished_root().announce_end(); }
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
      if (frame_) frame_.destroy();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

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
