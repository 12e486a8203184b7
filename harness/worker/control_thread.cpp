#include "harness/worker/control_thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "harness/worker/message.hpp"

namespace gauntlet {

ControlThread::ControlThread(int fd, Callbacks callbacks)
    : fd_(fd), wake_fd_(eventfd(0, EFD_CLOEXEC)), callbacks_(std::move(callbacks)), thread_([this] { listen(); }) {}

ControlThread::~ControlThread() {
  eventfd_write(wake_fd_, 1);
  thread_.join();
  ::close(wake_fd_);
}

void ControlThread::listen() {
  std::string pending;
  for (;;) {
    std::array<pollfd, 2> sources{pollfd{fd_, POLLIN, 0}, pollfd{wake_fd_, POLLIN, 0}};
    if (poll(sources.data(), sources.size(), -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (sources[1].revents != 0) return;
    if (sources[0].revents != 0 && !take_lines(pending)) break;
  }
  callbacks_.on_stop();
}

bool ControlThread::take_lines(std::string& pending) {
  std::array<char, 4096> chunk;
  const ssize_t count = ::read(fd_, chunk.data(), chunk.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  pending.append(chunk.data(), static_cast<std::size_t>(count));
  for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
    auto command = decode_command(pending.substr(0, end));
    pending.erase(0, end + 1);
    if (!command) {
      std::fprintf(stderr, "gauntlet-worker: a command that cannot be read: %s\n", command.error().c_str());
    } else if (command->stop) {
      return false;
    } else {
      callbacks_.on_command(std::move(command->text));
    }
  }
  return true;
}

}  // namespace gauntlet
