// Listening and accepting of the epoll loop.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "runtimes/loop/epoll_loop.hpp"
#include "runtimes/loop/kernel_edge.hpp"
#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

Result<SocketBase*> EpollLoop::listen(const Endpoint& endpoint) {
  const Result<int> fd = open_listener(endpoint, config_.listen_backlog);
  if (!fd) return std::unexpected(fd.error());
  return watch_listener(*new EpollSocket(*whole_, worker_.index, *fd));
}

Result<SocketBase*> EpollLoop::adopt_listener(int fd, std::shared_ptr<void> claim) {
  return watch_listener(*new SharingListener(*whole_, worker_.index, fd, std::move(claim)));
}

Result<SocketBase*> EpollLoop::watch_listener(EpollSocket& listener) {
  dispatch_->socket_opened(worker_.index);
  if (watch(listener)) return &listener;
  const int error = errno;
  retire(listener);
  return errno_error(-error);
}

bool EpollLoop::watch(EpollSocket& socket, const EpollLoop& home) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &socket;
  worker_.counters.system_calls.add();
  give_to_kernel(&socket);
  return epoll_ctl(home.epoll_.number(), EPOLL_CTL_ADD, socket.fd, &event) == 0;
}

/// The record of an accepted descriptor, watched by the loop that is to be its home; null, with errno set, and the
/// descriptor closed if that cannot be. From the call of epoll_ctl on, the record belongs to its home.
EpollSocket* EpollLoop::take_in(int fd) noexcept {
  const std::uint16_t home = group_ != nullptr && group_->hands_on ? dispatch_->choose() : worker_.index;
  const EpollLoop& owner = group_ != nullptr ? *group_->loops[home] : *this;
  auto* accepted = new EpollSocket(*whole_, home, fd);
  dispatch_->socket_opened(home);
  if (watch(*accepted, owner)) return accepted;
  const int error = errno;
  dispatch_->socket_closed(home);
  ::close(fd);
  delete accepted;
  errno = error;
  return nullptr;
}

bool EpollLoop::try_accept(AcceptOp& op) noexcept {
  EpollSocket& listener = static_cast<EpollSocket&>(*op.listener);
  for (;;) {
    worker_.counters.system_calls.add();
    const int fd = ::accept4(listener.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (listener.retry) listener.retry->delay = {};
      worker_.counters.accepts.add();
      op.accepted = take_in(fd);
      op.result = op.accepted != nullptr ? 0 : -errno;
      return true;
    }
    if (errno == EAGAIN) {
      listener.readable = false;
      return false;
    }
    if (errno == EINTR || is_lost_connection(errno)) continue;
    if (is_shortage(errno)) {
      // The edge was spent and no new one comes for connections that already wait: a timer tries again.
      listener.readable = false;
      retry_accept_later(listener);
      return false;
    }
    op.result = -errno;
    return true;
  }
}

void EpollLoop::retry_accept_later(EpollSocket& listener) noexcept {
  using namespace std::chrono_literals;
  if (!listener.retry) listener.retry = std::make_unique<AcceptRetry>(*this, listener, &EpollLoop::retry_accept);
  AcceptRetry& retry = *listener.retry;
  if (retry.armed) return;  // an edge came while it waited
  retry.delay = std::clamp(retry.delay * 2, 1ms, 100ms);
  retry.deadline = TimerWheel::Clock::now() + retry.delay;
  retry.armed = true;
  timers_.insert(retry);
}

void EpollLoop::retry_accept(Job& job) noexcept {
  auto& retry = static_cast<AcceptRetry&>(job);
  retry.armed = false;
  retry.listener->readable = true;
  Op* waiting = retry.listener->reader;
  if (waiting != nullptr && waiting->scratch == waiting_for_edge) retry.loop->queue_try(*waiting);
}

}  // namespace gauntlet
