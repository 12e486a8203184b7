// An address that TCP sockets bind and connect to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtimes/contract/error.hpp"
#include "runtimes/contract/native_sockets.hpp"

namespace gauntlet {

/// IPv4 or IPv6 address and port.
class Endpoint {
 public:
  Endpoint() noexcept;
  /// 127.0.0.1; port 0 lets the kernel choose.
  static Endpoint loopback(std::uint16_t port) noexcept;
  /// Numeric addresses only: no name look-up, which would block.
  static Result<Endpoint> parse(std::string_view address, std::uint16_t port);
  static Endpoint from_native(const sockaddr_storage& address) noexcept;

  std::uint16_t port() const noexcept;
  std::string to_string() const;
  int family() const noexcept { return address_.base.sa_family; }
  const sockaddr* native() const noexcept { return &address_.base; }
  socklen_t native_size() const noexcept;

 private:
  union {
    sockaddr base;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } address_;
};

}  // namespace gauntlet
