// Waiting for several processes at once, without a thread and without waking up for nothing.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

namespace gauntlet {

/// The user asked to end (Ctrl-C): the run in progress is given up.
class Interrupted {};

/// Reads non-blocking descriptors as they fill, while it waits for something to become true. Not thread-safe.
class Pump {
 public:
  using Clock = std::chrono::steady_clock;
  using OnText = std::function<void(std::string_view)>;
  using OnReady = std::function<void()>;

  /// `interrupt_fd` becoming readable makes every wait throw Interrupted; -1: nothing does.
  explicit Pump(int interrupt_fd = -1) : interrupt_fd_(interrupt_fd) {}

  /// Hands on what comes; stops listening when the stream ends.
  void read(int fd, OnText on_text);
  /// Calls once when `fd` becomes readable.
  void watch(int fd, OnReady on_ready);
  void forget(int fd);

  /// False when the deadline came first. `done` is asked at once and after each event; it may throw.
  bool wait(Clock::time_point deadline, const std::function<bool()>& done);
  /// Handles what is there already.
  void drain();

 private:
  struct Source {
    int fd = -1;
    OnText on_text;
    OnReady on_ready;
  };
  /// False when nothing came within the time.
  bool turn(int timeout_ms);
  void handle(int fd);

  const int interrupt_fd_;
  std::vector<Source> sources_;
};

}  // namespace gauntlet
