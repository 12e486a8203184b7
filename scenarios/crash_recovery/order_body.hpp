// What clients send with an order, and servers expect.
#pragma once

#include <cstddef>
#include <string>

namespace gauntlet {

/// Beyond it the journal keeps a body in a file of its own.
inline constexpr std::size_t body_inline_bytes_max = 4096;

/// Follows from the key alone, which ends in a number. Of five one is so large that it is journalled by reference.
inline std::string order_body(const std::string& key) {
  std::string body = "{\"item\":\"" + key + "\",\"count\":1";
  if (key.ends_with('0') || key.ends_with('5')) {
    body += ",\"notes\":\"";
    while (body.size() <= body_inline_bytes_max) body += key + " ";
    body += '"';
  }
  return body + "}";
}

}  // namespace gauntlet
