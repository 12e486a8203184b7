// How much a client may ask of the server.
#pragma once

#include <cstdint>

namespace gauntlet::http {

struct Limits {
  std::uint32_t header_bytes = 16 * 1024;  ///< request line and headers; beyond: 431
  std::uint64_t body_bytes = 1024 * 1024;  ///< without transfer coding; beyond: 413
  std::uint32_t connections = 65'536;      ///< at once; beyond: 503, and closed
};

}  // namespace gauntlet::http
