#include "runtimes/loop/poller.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>
#include <utility>

namespace gauntlet {

Result<Poller> Poller::open() {
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return errno_error(-errno);
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{};
  // Edge-triggered: every write makes an edge, so the counter is never read.
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  if (wake_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event) < 0) {
    const int error = errno;
    ::close(epoll_fd);
    if (wake_fd >= 0) ::close(wake_fd);
    return errno_error(-error);
  }
  return Poller(epoll_fd, wake_fd);
}

Poller::Poller(int epoll_fd, int wake_fd) noexcept : epoll_fd_(epoll_fd), wake_fd_(wake_fd), fine_timeouts_(true) {
  epoll_event event{};
  const timespec at_once{};
  fine_timeouts_ = epoll_pwait2(epoll_fd_, &event, 1, &at_once, nullptr) >= 0 || errno != ENOSYS;
}

Poller::Poller(Poller&& other) noexcept
    : epoll_fd_(std::exchange(other.epoll_fd_, -1)),
      wake_fd_(std::exchange(other.wake_fd_, -1)),
      fine_timeouts_(other.fine_timeouts_) {}

Poller::~Poller() {
  if (epoll_fd_ < 0) return;
  ::close(wake_fd_);
  ::close(epoll_fd_);
}

bool Poller::watch(int fd, void* tag) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = tag;
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::watch_once(int fd, std::uint32_t events, void* tag) noexcept {
  epoll_event event{};
  event.events = events | EPOLLONESHOT;
  event.data.ptr = tag;
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::forget(int fd) noexcept { epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr); }

void Poller::wake() noexcept { eventfd_write(wake_fd_, 1); }

std::size_t Poller::wait(std::span<epoll_event> events, Limit limit) noexcept {
  timespec timeout{};
  if (limit.deadline_) {
    const auto now = Clock::now();
    const auto left = std::max(*limit.deadline_, now) - now;  // it may lie further back than a duration holds
    timeout.tv_sec = left.count() / 1'000'000'000;
    timeout.tv_nsec = left.count() % 1'000'000'000;
  }
  const bool bounded = limit.never_blocks_ || limit.deadline_;
  const int room = static_cast<int>(events.size());
  int count = 0;
  if (fine_timeouts_) {
    count = epoll_pwait2(epoll_fd_, events.data(), room, bounded ? &timeout : nullptr, nullptr);
  } else {
    // Rounded up: a timer may be late by a millisecond, and is never early, nor is it waited for by spinning.
    const std::int64_t milliseconds = timeout.tv_sec * 1000 + (timeout.tv_nsec + 999'999) / 1'000'000;
    const int rounded = static_cast<int>(std::min<std::int64_t>(milliseconds, INT_MAX));
    count = epoll_wait(epoll_fd_, events.data(), room, bounded ? rounded : -1);
  }
  assert((count >= 0 || errno == EINTR) && "the poller's own descriptors are open and valid");
  return static_cast<std::size_t>(std::max(count, 0));
}

}  // namespace gauntlet
