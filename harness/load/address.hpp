// Where the subject listens.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <expected>
#include <string>

namespace gauntlet {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string text;  ///< host:port, as given
};

/// The error names host and port.
std::expected<Address, std::string> resolve_address(const std::string& host, std::uint16_t port);

}  // namespace gauntlet
