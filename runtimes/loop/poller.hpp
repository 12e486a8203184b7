// One epoll instance with an eventfd that ends its wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "runtimes/contract/error.hpp"

struct epoll_event;

namespace gauntlet {

/// An event carries the pointer that was given for its descriptor, or null for a wake-up.
class Poller {
 public:
  using Clock = std::chrono::steady_clock;

  static Result<Poller> open();
  Poller(Poller&& other) noexcept;
  Poller& operator=(Poller&&) = delete;
  ~Poller();

  /// Edge-triggered. Reports both directions and hang-ups; what is ready already is reported too. False: see errno.
  bool watch(int fd, void* tag) noexcept;

  /// Reports once, when one of `events` is there. False: see errno.
  bool watch_once(int fd, std::uint32_t events, void* tag) noexcept;
  void forget(int fd) noexcept;

  /// Any thread. The wait that is under way, or the next one, ends.
  void wake() noexcept;

  /// How long a wait may last.
  class Limit {
   public:
    static Limit none() noexcept { return Limit(false, std::nullopt); }
    static Limit at_once() noexcept { return Limit(true, std::nullopt); }
    /// No deadline: none().
    static Limit until(std::optional<Clock::time_point> deadline) noexcept { return Limit(false, deadline); }

   private:
    friend class Poller;
    Limit(bool never_blocks, std::optional<Clock::time_point> deadline) noexcept
        : never_blocks_(never_blocks), deadline_(deadline) {}
    bool never_blocks_;
    std::optional<Clock::time_point> deadline_;
  };

  /// How many events were written to `events`; 0 also when a signal came.
  std::size_t wait(std::span<epoll_event> events, Limit limit) noexcept;

  /// Deadlines are kept to the nanosecond; else, before Linux 5.11 and under valgrind, rounded up to the millisecond.
  bool has_fine_timeouts() const noexcept { return fine_timeouts_; }

 private:
  Poller(int epoll_fd, int wake_fd) noexcept;

  int epoll_fd_;
  int wake_fd_;
  bool fine_timeouts_;
};

}  // namespace gauntlet
