#include "harness/load/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <utility>

namespace gauntlet {

Connection::Connection(std::uint32_t pipeline) : pending_(std::bit_ceil(pipeline)) {}

Connection::~Connection() { close(); }

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), state_(other.state_), pending_(std::move(other.pending_)) {}

int Connection::begin_connect(const Address& address) {
  close();
  fd_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return errno;
  // Without it, Nagle's algorithm holds a request back until the answer before it is acknowledged.
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = State::connecting;
  ++generation;
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 && errno != EINPROGRESS) {
    return errno;
  }
  return 0;
}

int Connection::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  if (error == 0) state_ = State::open;
  return error;
}

void Connection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  state_ = State::lost;
  unread_.clear();
  unsent_.clear();
  bytes_needed = 0;
  wants_writable = false;
}

int Connection::send(std::string_view bytes) {
  if (unsent_.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(bytes.size())) return 0;
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return errno;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  unsent_.append(bytes);
  return 0;
}

int Connection::flush() {
  const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR ? 0 : errno;
  unsent_.erase(0, static_cast<std::size_t>(sent));
  return 0;
}

std::string_view Connection::append(std::string_view fresh) {
  if (unread_.empty()) return fresh;
  unread_.append(fresh);
  return unread_;
}

void Connection::keep(std::string_view rest) {
  if (rest.empty()) {
    unread_.clear();
  } else if (unread_.empty()) {
    unread_.assign(rest);
  } else {
    unread_.erase(0, unread_.size() - rest.size());
  }
}

}  // namespace gauntlet
