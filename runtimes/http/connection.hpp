// One connection, from accept to close.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "runtimes/http/limits.hpp"
#include "runtimes/http/router.hpp"
#include "runtimes/task/io.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet::http {

/// What the connections of a server share. Kept alive by each of them, since they may outlive the server.
struct Service {
  Service(Router routes, const Limits& bounds) : router(std::move(routes)), limits(bounds) {}
  const Router router;
  const Limits limits;
  std::atomic<std::uint32_t> connections{0};
};

/// Answers requests until either side ends the connection. A handler that throws is answered with 500.
Task<void> serve_connection(std::shared_ptr<Service> service, Socket socket);

}  // namespace gauntlet::http
