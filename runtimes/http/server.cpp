#include "runtimes/http/server.hpp"

#include <cassert>
#include <utility>

#include "runtimes/task/acceptor.hpp"

namespace gauntlet::http {

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
  return serve(std::move(listener_));
}

Task<Result<void>> Server::serve(Listener listener) {
  return accept_connections(std::move(listener), [service = service_](Socket socket) {
    return serve_connection(service, std::move(socket));
  });
}

}  // namespace gauntlet::http
