// Timers of a thread that are not late on purpose.
#pragma once

#include <sys/prctl.h>

namespace gauntlet {

/// While it lives, the kernel wakes the calling thread when it asked to be woken; by default, to save energy, up to
/// 50 us later. Then the thread, which may be one that called run(), is as it was. Made and destroyed on that thread.
class ExactWakeUps {
 public:
  ExactWakeUps() noexcept : slack_before_(::prctl(PR_GET_TIMERSLACK)) { ::prctl(PR_SET_TIMERSLACK, 1UL); }
  ExactWakeUps(const ExactWakeUps&) = delete;
  ExactWakeUps& operator=(const ExactWakeUps&) = delete;
  ~ExactWakeUps() {
    if (slack_before_ > 0) ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack_before_));
  }

 private:
  const int slack_before_;  ///< nanoseconds
};

}  // namespace gauntlet
