// The worker's end of the message pipe.
#pragma once

#include <mutex>

#include "harness/worker/message.hpp"

namespace gauntlet {

/// Any thread. A line is written whole. When the harness is gone the worker has nobody to work for: a failed write
/// is ignored, and the end of standard input stops the worker.
class MessagePipe {
 public:
  explicit MessagePipe(int fd) : fd_(fd) {}
  void send(const WorkerMessage& message);

 private:
  std::mutex mutex_;
  const int fd_;
};

}  // namespace gauntlet
