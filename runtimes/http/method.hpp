// Request methods that the server knows; every other one is answered with 501.
#pragma once

#include <cstdint>
#include <string_view>

namespace gauntlet::http {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options };

constexpr std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "";
}

}  // namespace gauntlet::http
