#include <cstdio>

#include "runtimes/task/acceptor.hpp"
#include "scenarios/load/services.hpp"

namespace gauntlet {

namespace {

Task<void> echo(Socket socket) {
  for (;;) {
    const Result<Buffer> received = co_await socket.receive();
    if (!received || received->empty()) co_return;
    if (const Result<void> sent = co_await socket.send(received->bytes()); !sent) co_return;
  }
}

}  // namespace

Task<int> serve_echo(ServeContext& context) {
  Result<Listener> listener = listen(Endpoint::loopback(context.port()));
  if (!listener) {
    std::fprintf(stderr, "error: cannot listen on port %u: %s\n", context.port(), listener.error().message().c_str());
    co_return 1;
  }
  const Result<Endpoint> bound = listener->local_endpoint();
  if (!bound) {
    std::fprintf(stderr, "error: the listener has no address: %s\n", bound.error().message().c_str());
    co_return 1;
  }
  context.ready(bound->port());
  const Task<Result<void>> serving = accept_connections(std::move(*listener), echo);
  const Result<void> ended = co_await serving;
  std::fprintf(stderr, "error: accepting failed: %s\n", ended.error().message().c_str());
  co_return 1;
}

}  // namespace gauntlet
