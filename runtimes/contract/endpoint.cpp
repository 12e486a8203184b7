#include "runtimes/contract/endpoint.hpp"

#include <cstring>

namespace gauntlet {

Endpoint::Endpoint() noexcept { std::memset(&address_, 0, sizeof address_); }

Endpoint Endpoint::loopback(std::uint16_t port) noexcept {
  Endpoint endpoint;
  endpoint.address_.v4.sin_family = AF_INET;
  endpoint.address_.v4.sin_port = htons(port);
  endpoint.address_.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return endpoint;
}

Result<Endpoint> Endpoint::parse(std::string_view address, std::uint16_t port) {
  const std::string text(address);
  Endpoint endpoint;
  if (inet_pton(AF_INET, text.c_str(), &endpoint.address_.v4.sin_addr) == 1) {
    endpoint.address_.v4.sin_family = AF_INET;
    endpoint.address_.v4.sin_port = htons(port);
    return endpoint;
  }
  if (inet_pton(AF_INET6, text.c_str(), &endpoint.address_.v6.sin6_addr) == 1) {
    endpoint.address_.v6.sin6_family = AF_INET6;
    endpoint.address_.v6.sin6_port = htons(port);
    return endpoint;
  }
  return std::unexpected(std::make_error_code(std::errc::invalid_argument));
}

Endpoint Endpoint::from_native(const sockaddr_storage& address) noexcept {
  Endpoint endpoint;
  std::memcpy(&endpoint.address_, &address, sizeof endpoint.address_);
  return endpoint;
}

std::uint16_t Endpoint::port() const noexcept {
  return ntohs(family() == AF_INET6 ? address_.v6.sin6_port : address_.v4.sin_port);
}

std::string Endpoint::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET6) {
    inet_ntop(AF_INET6, &address_.v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(port());
  }
  inet_ntop(AF_INET, &address_.v4.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(port());
}

socklen_t Endpoint::native_size() const noexcept {
  return family() == AF_INET6 ? sizeof address_.v6 : sizeof address_.v4;
}

}  // namespace gauntlet
