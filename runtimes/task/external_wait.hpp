// Waits that no runtime knows of: for a task to end, for a channel, for whatever a program's own threads do.
#pragma once

#include <cassert>
#include <cstdint>

#include "runtimes/contract/op.hpp"

namespace gauntlet {

/// One wait of one coroutine, inside the awaiter. Whoever brings about what is waited for schedules `*waiter`, once, on
/// the waiter's runtime; any thread. From then on the wait must not be touched.
class ExternalWait {
 public:
  ExternalWait() noexcept = default;
  ExternalWait(const ExternalWait&) = delete;
  ExternalWait& operator=(const ExternalWait&) = delete;

  /// The task is cancelled; called on a worker of its runtime. True: the wait is undone and nobody will schedule the
  /// waiter. False: somebody has, or is about to.
  virtual bool withdraw() noexcept = 0;

  Job* waiter = nullptr;

 protected:
  ~ExternalWait() = default;
};

/// What a suspended task waits for, in one word: an operation of its runtime, or something else, or nothing.
class PendingWait {
 public:
  PendingWait() noexcept = default;
  explicit PendingWait(Op& op) noexcept : word_(reinterpret_cast<std::uintptr_t>(&op)) {}
  explicit PendingWait(ExternalWait& wait) noexcept : word_(reinterpret_cast<std::uintptr_t>(&wait) | is_external) {}

  explicit operator bool() const noexcept { return word_ != 0; }
  /// Null if it is none of the runtime's operations.
  Op* op() const noexcept { return (word_ & is_external) == 0 ? reinterpret_cast<Op*>(word_) : nullptr; }
  ExternalWait& external() const noexcept {
    assert((word_ & is_external) != 0);
    return *reinterpret_cast<ExternalWait*>(word_ & ~is_external);
  }

 private:
  static constexpr std::uintptr_t is_external = 1;
  std::uintptr_t word_ = 0;
};

}  // namespace gauntlet
