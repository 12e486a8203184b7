// The least that a task can wait for: a word from another one.
#pragma once

#include <atomic>
#include <cassert>
#include <coroutine>
#include <cstdint>

#include "runtimes/task/core.hpp"

namespace gauntlet {

/// Handed to at most one waiter. Scenarios measure a runtime's waiting and waking with it; a channel or an event of the
/// toolbox would be measured along with them. Must outlive its waiter.
class Baton {
 public:
  Baton() noexcept = default;
  Baton(const Baton&) = delete;
  Baton& operator=(const Baton&) = delete;

  /// Resumes the waiter, a task of `runtime`; where there is none yet, the next wait passes. Any thread, while the
  /// runtime lives. Not again before it was received (asserted).
  void pass(Runtime& runtime) noexcept {
    std::uintptr_t seen = state_.load(std::memory_order_acquire);
    for (;;) {
      assert(seen != passed && "the baton was passed twice");
      if (seen == open) {
        if (state_.compare_exchange_weak(seen, passed, std::memory_order_acq_rel)) return;
      } else if (state_.compare_exchange_weak(seen, open, std::memory_order_acq_rel)) {
        return runtime.schedule(*reinterpret_cast<Wait*>(seen)->waiter);
      }
    }
  }

  class Wait final : public ExternalWait {
   public:
    explicit Wait(Baton& baton) noexcept : baton_(&baton) {}
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
      return suspend(awaiting.promise());
    }
    void await_resume() const noexcept {}

    bool withdraw() noexcept override {
      auto mine = reinterpret_cast<std::uintptr_t>(this);
      return baton_->state_.compare_exchange_strong(mine, open, std::memory_order_acq_rel);
    }

   private:
    bool suspend(TaskCore& core) noexcept {
      core.wait_for(*this);
      std::uintptr_t seen = open;
      const bool waits = baton_->state_.compare_exchange_strong(seen, reinterpret_cast<std::uintptr_t>(this),
                                                                std::memory_order_acq_rel);
      if (waits) {
        core.end_suspending();
      } else {
        assert(seen == passed && "a baton has one waiter at a time");
        baton_->state_.store(open, std::memory_order_relaxed);
        core.stop_waiting();
      }
      return waits;
    }

    Baton* baton_;
  };
  Wait receive() noexcept { return Wait(*this); }

 private:
  static constexpr std::uintptr_t open = 0;
  static constexpr std::uintptr_t passed = 1;

  std::atomic<std::uintptr_t> state_{open};  ///< open, passed, or the address of the Wait
};

}  // namespace gauntlet
