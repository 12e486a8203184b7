// Ctrl-C and SIGTERM as something that can be waited for.
#pragma once

namespace gauntlet {

/// While it lives, the first SIGINT or SIGTERM makes fd() readable, and a second one ends the process at once with 130.
/// At most one at a time (asserted).
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int fd() const { return fd_; }
  /// The signal has been acted on: waiting is possible again. The next one still ends the process.
  void acknowledge() const;

 private:
  const int fd_;
};

}  // namespace gauntlet
