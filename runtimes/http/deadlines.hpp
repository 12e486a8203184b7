// Deadlines for what the connections of one worker wait for.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "runtimes/task/join_handle.hpp"

namespace gauntlet::http {

/// What a connection waits for; nothing: it works.
enum class Wait : std::uint8_t { nothing, request, head, body, send, linger };

/// Nanoseconds of the steady clock, in steps of 16.
using Deadline = std::int64_t;
inline constexpr Deadline deadline_mask = ~Deadline{15};
inline constexpr Deadline never = INT64_MAX & deadline_mask;

/// From now on, give or take a tick of the kernel: a clock that is exact costs more than all else here. Zero: never.
Deadline deadline_after(std::chrono::milliseconds timeout) noexcept;

class Watch;

/// Cancels the tasks of those watches whose wait has lasted too long. One for each worker.
///
/// Beginning and ending a wait costs a store. A watch stays listed under a deadline that is no later than that of its
/// wait; when it has passed, the wait of that moment decides. So a busy connection is looked at once in a timeout, not
/// once in a request. One task sleeps until the first deadline listed: there is none while nothing is listed.
class Deadlines : public std::enable_shared_from_this<Deadlines> {
 public:
  /// `worker`: where the watched tasks live, unless they migrate.
  explicit Deadlines(std::uint16_t worker) noexcept : worker_(worker) {}
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

 private:
  friend class Watch;
  using Listed = std::multimap<Deadline, Watch*>;

  static Task<void> sweep(std::shared_ptr<Deadlines> self);
  /// Gives the first deadline that is still to come.
  Deadline cancel_expired(Deadline now) noexcept;
  void list(Watch& watch);
  void place(Watch& watch, Deadline deadline) noexcept;
  void take_off(Watch& watch) noexcept;
  void remove(Watch& watch) noexcept;

  const std::uint16_t worker_;
  std::mutex lock_;  ///< tasks that migrate come from every worker
  Listed listed_;
  Deadline wakes_at_ = never;  ///< of the sweeper
  JoinHandle<void> sweeper_;
};

/// The deadline of one task, which is cancelled when it passes: it is dropped at its wait, or finds out by a false from
/// begin() or end(), and then has to end. Lives in the task's frame and is used by the task only.
class Watch {
 public:
  /// `task`: the root. On a worker of its runtime.
  Watch(std::shared_ptr<Deadlines> deadlines, TaskCore& task);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  /// A wait begins, perhaps right behind another one.
  bool begin(Wait wait, Deadline deadline) {
    if (!change(deadline | static_cast<Word>(wait))) return false;
    if (deadline < listed_under_.load()) deadlines_->list(*this);
    return true;
  }
  bool end() noexcept { return change(static_cast<Word>(Wait::nothing)); }

  /// The wait that was too long, if one was.
  Wait expired() const noexcept {
    const Word word = word_.load(std::memory_order_relaxed);
    return (word & expired_mark) != 0 ? wait_of(word) : Wait::nothing;
  }

 private:
  friend class Deadlines;
  using Word = std::int64_t;  ///< a deadline, with a Wait and the mark in its low bits
  static constexpr Word expired_mark = 8;
  static Wait wait_of(Word word) noexcept { return static_cast<Wait>(word & 7); }

  /// False: expired. Sequentially consistent where another worker may be at it: either this task sees under which
  /// deadline it was listed last, or who lists it sees the new wait.
  bool change(Word next) noexcept {
    Word seen = word_.load(std::memory_order_relaxed);
    if (!migrates_) {
      if ((seen & expired_mark) != 0) return false;
      word_.store(next, std::memory_order_relaxed);
      return true;
    }
    while ((seen & expired_mark) == 0) {
      if (word_.compare_exchange_weak(seen, next)) return true;
    }
    return false;
  }
  Deadline settle(Deadline now) noexcept;
  void cancel_task() noexcept;

  const std::shared_ptr<Deadlines> deadlines_;
  TaskCore* const task_;
  const bool migrates_;
  std::atomic<Word> word_{static_cast<Word>(Wait::nothing)};
  std::atomic<Deadline> listed_under_{never};
  // Under the lock of deadlines_.
  Deadlines::Listed::iterator position_;   ///< while it is listed
  Deadlines::Listed::node_type unlisted_;  ///< its place in the list, else: listing allocates nothing
};

}  // namespace gauntlet::http
