// One connection, from accept to close.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtimes/http/deadlines.hpp"
#include "runtimes/http/limits.hpp"
#include "runtimes/http/router.hpp"
#include "runtimes/task/io.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet::http {

/// What the connections of a server share. Kept alive by each of them, since they may outlive the server. Serves on one
/// runtime.
class Service {
 public:
  Service(Router routes, const Limits& bounds) : router(std::move(routes)), limits(bounds) {}
  const Router router;
  const Limits limits;
  std::atomic<std::uint32_t> connections{0};
  std::atomic<std::uint32_t> requests{0};  ///< let in and not answered yet; counted only where they are limited

  /// Those of the calling worker.
  const std::shared_ptr<Deadlines>& deadlines();

 private:
  std::once_flag counted_workers_;
  std::vector<std::shared_ptr<Deadlines>> deadlines_;
};

/// Answers requests until either side ends the connection, or the client is too slow for the limits. A handler that
/// throws is answered with 500. To be spawned, not awaited.
Task<void> serve_connection(std::shared_ptr<Service> service, Socket socket);

}  // namespace gauntlet::http
