#include "runtimes/task/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <mutex>

#include "runtimes/task/poll_fd.hpp"

namespace gauntlet {

/// Never closed, only used again: a handler that was interrupted on another thread may still write into it.
struct detail::SignalPipe {
  int read_end = -1;
  int write_end = -1;
  SignalPipe* next = nullptr;  ///< among those that nobody uses
};

namespace {

constexpr int signal_bound = 64;
constexpr int nobody = -1;

/// What the handler reads: where each signal goes.
struct Destination {
  std::atomic<int> write_end{nobody};
};
constinit std::array<Destination, signal_bound> destinations;
static_assert(std::atomic<int>::is_always_lock_free, "handlers may not take locks");

std::atomic<int>& destination_of(int number) noexcept {
  return destinations[static_cast<std::size_t>(number)].write_end;
}

std::mutex lock;  ///< of what follows
std::array<struct sigaction, signal_bound> former;
detail::SignalPipe* free_pipes = nullptr;

extern "C" void take_signal(int number) {
  const int error = errno;
  const auto byte = static_cast<unsigned char>(number);
  const int destination = destination_of(number).load(std::memory_order_acquire);
  // Full: thousands wait already, this one among them or as good as.
  if (destination != nobody) [[maybe_unused]]
    const auto written = ::write(destination, &byte, 1);
  errno = error;
}

Result<detail::SignalPipe*> take_pipe() {
  if (detail::SignalPipe* pipe = free_pipes) {
    free_pipes = pipe->next;
    return pipe;
  }
  std::array<int, 2> ends;
#ifdef __APPLE__
  // Has no pipe2(): a child that another thread starts between the two calls inherits the ends.
  if (::pipe(ends.data()) < 0) return errno_error(-errno);
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
#else
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) < 0) return errno_error(-errno);
#endif
  return new detail::SignalPipe{ends[0], ends[1]};
}

int catch_signal(int number, int write_end) {
  if (number <= 0 || number >= signal_bound) return EINVAL;
  std::atomic<int>& destination = destination_of(number);
  if (destination.load(std::memory_order_relaxed) != nobody) return EBUSY;
  destination.store(write_end, std::memory_order_release);
  struct sigaction action {};
  action.sa_handler = &take_signal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(number, &action, &former[static_cast<std::size_t>(number)]) == 0) return 0;
  const int error = errno;
  destination.store(nobody, std::memory_order_release);
  return error;
}

void let_signal_go(int number) {
  sigaction(number, &former[static_cast<std::size_t>(number)], nullptr);
  destination_of(number).store(nobody, std::memory_order_release);
}

}  // namespace

Result<Signals> Signals::open(std::initializer_list<int> numbers) {
  const std::lock_guard guard(lock);
  const Result<detail::SignalPipe*> pipe = take_pipe();
  if (!pipe) return std::unexpected(pipe.error());
  Signals caught(**pipe);
  for (const int number : numbers) {
    if (const int error = catch_signal(number, (*pipe)->write_end); error != 0) {
      caught.give_up();
      return errno_error(-error);
    }
    caught.numbers_ |= std::uint64_t{1} << number;
  }
  return caught;
}

Signals::~Signals() {
  if (pipe_ == nullptr) return;
  const std::lock_guard guard(lock);
  give_up();
}

/// Holding the lock.
void Signals::give_up() noexcept {
  for (int number = 1; number < signal_bound; ++number) {
    if (has(number)) let_signal_go(number);
  }
  std::array<unsigned char, 64> dropped;
  while (::read(pipe_->read_end, dropped.data(), dropped.size()) > 0) {
  }
  pipe_->next = free_pipes;
  free_pipes = std::exchange(pipe_, nullptr);
}

Task<Result<int>> Signals::next() {
  for (;;) {
    unsigned char number = 0;
    const auto got = ::read(pipe_->read_end, &number, 1);
    // What a late handler wrote for a former owner of the pipe is not for this one.
    if (got == 1 && has(number)) co_return int{number};
    if (got == 1) continue;
    assert(got < 0 && (errno == EAGAIN || errno == EINTR) && "the pipe is never closed");
    const Result<PollFor> ready = co_await poll_fd(pipe_->read_end, PollFor::read);
    if (!ready) co_return std::unexpected(ready.error());
  }
}

}  // namespace gauntlet
