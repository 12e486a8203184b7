#include "harness/cli/interrupt.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <csignal>

#include "harness/cli/exit_code.hpp"

namespace gauntlet {
namespace {

std::atomic<int> told_fd{-1};
std::atomic<int> signals_seen{0};

void on_signal(int) {
  const int saved = errno;
  // Children are killed by the kernel when we go.
  if (signals_seen.fetch_add(1) > 0) _exit(kInterrupted);
  eventfd_write(told_fd.load(), 1);
  errno = saved;
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  assert(told_fd.load() < 0 && "one Interrupt at a time");
  told_fd = fd_;
  signals_seen = 0;
  handle(on_signal);
}

Interrupt::~Interrupt() {
  handle(SIG_DFL);
  told_fd = -1;
  ::close(fd_);
}

void Interrupt::acknowledge() const {
  eventfd_t count = 0;
  eventfd_read(fd_, &count);
}

}  // namespace gauntlet
