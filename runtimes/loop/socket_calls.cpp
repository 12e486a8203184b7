#include "runtimes/loop/socket_calls.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace gauntlet {

namespace {

std::unexpected<std::error_code> last_error() { return errno_error(-errno); }

std::unexpected<std::error_code> close_with_last_error(int fd) {
  const auto error = last_error();
  ::close(fd);
  return error;
}

bool enable(int fd, int level, int option) {
  const int on = 1;
  return setsockopt(fd, level, option, &on, sizeof on) == 0;
}

template <typename Query>
Result<Endpoint> endpoint_of(int fd, Query query) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (query(fd, reinterpret_cast<sockaddr*>(&address), &size) < 0) return last_error();
  return Endpoint::from_native(address);
}

}  // namespace

Result<int> open_stream(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return last_error();
  if (!enable(fd, IPPROTO_TCP, TCP_NODELAY)) return close_with_last_error(fd);
  return fd;
}

Result<int> open_listener(const Endpoint& endpoint, std::uint32_t backlog, Sharing sharing) {
  const Result<int> opened = open_stream(endpoint.family());
  if (!opened) return opened;
  const int fd = *opened;
  // Linux asks for SO_REUSEPORT of both when the second one binds. Set after binding, it does not let the first one in
  // beside a stranger.
  if (!enable(fd, SOL_SOCKET, SO_REUSEADDR) ||
      (sharing == Sharing::with_earlier && !enable(fd, SOL_SOCKET, SO_REUSEPORT)) ||
      ::bind(fd, endpoint.native(), endpoint.native_size()) < 0 ||
      (sharing == Sharing::with_later && !enable(fd, SOL_SOCKET, SO_REUSEPORT)) ||
      ::listen(fd, static_cast<int>(backlog)) < 0) {
    return close_with_last_error(fd);
  }
  return fd;
}

Result<Endpoint> local_endpoint_of(int fd) { return endpoint_of(fd, ::getsockname); }
Result<Endpoint> remote_endpoint_of(int fd) { return endpoint_of(fd, ::getpeername); }

bool is_lost_connection(int error) noexcept {
  switch (error) {
    case ECONNABORTED:  // reset between the handshake and accept
    case EPERM:         // refused by a firewall rule
    case EPROTO:
    case ENETDOWN:  // accept(2): errors pending on the new socket are passed on, treat them like EAGAIN
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

bool is_shortage(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace gauntlet
