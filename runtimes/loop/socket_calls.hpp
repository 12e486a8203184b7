// The system calls on sockets that every Linux loop makes alike.
#pragma once

#include <cstdint>

#include "runtimes/contract/endpoint.hpp"
#include "runtimes/contract/error.hpp"

namespace gauntlet {

/// Who else may listen at the endpoint.
enum class Sharing {
  none,
  with_later,  ///< refused if anybody listens there already; then open to `with_earlier` of this user
  with_earlier
};

/// Non-blocking listening socket with SO_REUSEADDR and TCP_NODELAY, which accepted sockets inherit. The caller owns it.
Result<int> open_listener(const Endpoint& endpoint, std::uint32_t backlog, Sharing sharing = Sharing::none);

/// Non-blocking TCP socket with TCP_NODELAY, not connected. The caller owns it.
Result<int> open_stream(int family);

Result<Endpoint> local_endpoint_of(int fd);
Result<Endpoint> remote_endpoint_of(int fd);

/// Errors of accept that concern the one connection, already gone, and not the listener.
bool is_lost_connection(int error) noexcept;

/// Errors of accept that pass once descriptors or memory are free again.
bool is_shortage(int error) noexcept;

}  // namespace gauntlet
