// Which workers listen where, so that they share an endpoint among themselves and with nobody else.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtimes/contract/endpoint.hpp"
#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

/// SO_REUSEPORT would let every process of the user in. So the first listener at an endpoint binds it for itself, and
/// only other workers of the runtime come beside it. Any thread.
class SharedEndpoints {
 public:
  struct Opened {
    int fd;
    std::shared_ptr<void> claim;  ///< until it is gone, others may come beside
  };

  /// A listening descriptor for the worker; EADDRINUSE if it listens there already, or a stranger does.
  Result<Opened> open(const Endpoint& endpoint, std::uint16_t worker, std::uint32_t backlog);

 private:
  struct Claim {
    Endpoint at;
    std::uint16_t worker;
    std::weak_ptr<void> holder;
  };

  Sharing sharing_at(const Endpoint& endpoint, std::uint16_t worker) const;

  std::mutex mutex_;
  std::vector<Claim> claims_;
};

}  // namespace gauntlet
