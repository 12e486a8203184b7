// Listens to the harness while the runtime runs on the main thread.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace gauntlet {

/// A thread that blocks until a command comes on `fd`, without any periodic wake-up. It ends after {"stop":true}, or
/// when the pipe ends because the harness is gone; both call `on_stop`, once. The callbacks run on that thread, and not
/// any more once the destructor has returned.
class ControlThread {
 public:
  struct Callbacks {
    std::function<void(std::string)> on_command;
    std::function<void()> on_stop;
  };

  ControlThread(int fd, Callbacks callbacks);
  ~ControlThread();
  ControlThread(const ControlThread&) = delete;
  ControlThread& operator=(const ControlThread&) = delete;

 private:
  void listen();
  /// False when the stream has ended.
  bool take_lines(std::string& pending);

  const int fd_;
  const int wake_fd_;
  const Callbacks callbacks_;
  std::thread thread_;
};

}  // namespace gauntlet
