#include "harness/load/address.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <cstring>

namespace gauntlet {

std::expected<Address, std::string> resolve_address(const std::string& host, std::uint16_t port) {
  Address address;
  address.text = fmt::format("{}:{}", host, port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), fmt::format("{}", port).c_str(), &hints, &found);
  if (error != 0) return std::unexpected(fmt::format("{}: {}", address.text, gai_strerror(error)));
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

}  // namespace gauntlet
