#include "runtimes/http/server.hpp"

#include <cerrno>
#include <utility>

#include "runtimes/task/spawn.hpp"

namespace gauntlet::http {

namespace {

/// What befell one connection before we had it, and says nothing about the next.
bool concerns_one_connection(const std::error_code& error) {
  if (error.category() != std::system_category()) return false;
  switch (error.value()) {
    case ECONNABORTED:  // the client left the queue again
    case EINTR:
    case EPROTO:
    case ENETDOWN:  // pending errors of the network: Linux passes them on from accept
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EPERM:  // a firewall's rule
      return true;
    default:
      return false;
  }
}

Task<Result<void>> accept_connections(std::shared_ptr<Service> service, Listener listener) {
  for (;;) {
    Result<Socket> accepted = co_await listener.accept();
    if (accepted) {
      spawn(serve_connection(service, std::move(*accepted))).detach();
    } else if (!concerns_one_connection(accepted.error())) {
      co_return std::unexpected(accepted.error());
    }
  }
}

}  // namespace

Result<std::uint16_t> Server::listen(const Endpoint& at) {
  Result<Listener> listener = gauntlet::listen(at);
  if (!listener) return std::unexpected(listener.error());
  const Result<Endpoint> bound = listener->local_endpoint();
  if (!bound) return std::unexpected(bound.error());
  listener_ = std::move(*listener);
  return bound->port();
}

Task<Result<void>> Server::serve() {
  assert(listener_.is_open() && "listen() comes first");
  return accept_connections(service_, std::move(listener_));
}

Task<Result<void>> Server::serve(Listener listener) { return accept_connections(service_, std::move(listener)); }

}  // namespace gauntlet::http
