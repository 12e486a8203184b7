// How much a client may ask of the server.
#pragma once

#include <chrono>
#include <cstdint>

namespace gauntlet::http {

struct Limits {
  std::uint32_t header_bytes = 16 * 1024;  ///< request line and headers; beyond: 431
  std::uint64_t body_bytes = 1024 * 1024;  ///< without transfer coding; beyond: 413
  std::uint32_t connections = 65'536;      ///< at once; beyond: 503, and closed
  /// Requests read and not answered yet, of all connections; beyond: 503 at once, and the connection goes on. Load is
  /// shed before its handler costs anything: a request that is let in waits until what else has arrived is read and
  /// refused or let in. 0: without limit.
  std::uint32_t concurrent_requests = 0;

  // How long a client may keep us waiting, kept to within some milliseconds; zero: without limit. How long a handler
  // takes is its own affair.
  std::chrono::milliseconds idle_timeout{60'000};    ///< for the first byte of a request; then closed without a word
  std::chrono::milliseconds header_timeout{10'000};  ///< from that byte to the end of its headers; beyond: 408
  std::chrono::milliseconds body_timeout{30'000};    ///< for the next bytes of a body; beyond: 408
  std::chrono::milliseconds send_timeout{30'000};    ///< to take up to 256 KiB of the answers; then closed
  std::chrono::milliseconds linger_timeout{2'000};   ///< to close, when we have; until then it counts as a connection
};

}  // namespace gauntlet::http
