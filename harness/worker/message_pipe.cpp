#include "harness/worker/message_pipe.hpp"

#include "harness/store/durable_file.hpp"

namespace gauntlet {

void MessagePipe::send(const WorkerMessage& message) {
  const std::string line = encode_message(message) + "\n";
  const std::lock_guard lock(mutex_);
  static_cast<void>(write_all(fd_, line));
}

}  // namespace gauntlet
