// An HTTP/1.1 server on any runtime.
#pragma once

#include <cstdint>
#include <memory>

#include "runtimes/http/connection.hpp"

namespace gauntlet::http {

/// Used inside a runtime, by one task. Handlers run on every worker of the runtime, at once; what they refer to must
/// live as long as the runtime: connections go on when the server is gone, and end with it or with their clients.
class Server {
 public:
  explicit Server(Router router, const Limits& limits = {})
      : service_(std::make_shared<Service>(std::move(router), limits)) {}

  /// Opens the port on the runtime of the calling worker, at once, and tells its number. For serve().
  Result<std::uint16_t> listen(const Endpoint& at);

  /// Accepts on the port that listen() opened, on every worker that can, each connection a task of its own. Ends only
  /// with an error of accepting, or when it is cancelled; an exception in a connection or handler never ends it.
  Task<Result<void>> serve();
  Task<Result<void>> serve(Listener listener);

 private:
  std::shared_ptr<Service> service_;
  Listener listener_;
};

}  // namespace gauntlet::http
