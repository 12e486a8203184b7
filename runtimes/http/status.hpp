// Status codes, and the first lines of a response as they go over the wire.
#pragma once

#include <cstdint>
#include <string_view>

namespace gauntlet::http {

/// The single source of codes, names and reason phrases.
#define GAUNTLET_HTTP_STATUSES(X)                                    \
  X(200, ok, "OK")                                                   \
  X(201, created, "Created")                                         \
  X(202, accepted, "Accepted")                                       \
  X(204, no_content, "No Content")                                   \
  X(304, not_modified, "Not Modified")                               \
  X(400, bad_request, "Bad Request")                                 \
  X(401, unauthorized, "Unauthorized")                               \
  X(403, forbidden, "Forbidden")                                     \
  X(404, not_found, "Not Found")                                     \
  X(405, method_not_allowed, "Method Not Allowed")                   \
  X(408, request_timeout, "Request Timeout")                         \
  X(409, conflict, "Conflict")                                       \
  X(413, content_too_large, "Content Too Large")                     \
  X(417, expectation_failed, "Expectation Failed")                   \
  X(422, unprocessable_content, "Unprocessable Content")             \
  X(429, too_many_requests, "Too Many Requests")                     \
  X(431, header_fields_too_large, "Request Header Fields Too Large") \
  X(500, internal_server_error, "Internal Server Error")             \
  X(501, not_implemented, "Not Implemented")                         \
  X(503, service_unavailable, "Service Unavailable")                 \
  X(504, gateway_timeout, "Gateway Timeout")                         \
  X(505, version_not_supported, "HTTP Version Not Supported")

enum class Status : std::uint16_t {
#define GAUNTLET_HTTP_STATUS(code, name, reason) name = code,
  GAUNTLET_HTTP_STATUSES(GAUNTLET_HTTP_STATUS)
#undef GAUNTLET_HTTP_STATUS
};

constexpr std::string_view reason_phrase(Status status) {
  switch (status) {
#define GAUNTLET_HTTP_STATUS(code, name, reason) \
  case Status::name:                             \
    return reason;
    GAUNTLET_HTTP_STATUSES(GAUNTLET_HTTP_STATUS)
#undef GAUNTLET_HTTP_STATUS
  }
  return "";
}

/// Status line and Server header.
constexpr std::string_view response_opening(Status status) {
  switch (status) {
#define GAUNTLET_HTTP_STATUS(code, name, reason) \
  case Status::name:                             \
    return "HTTP/1.1 " #code " " reason "\r\nServer: gauntlet\r\n";
    GAUNTLET_HTTP_STATUSES(GAUNTLET_HTTP_STATUS)
#undef GAUNTLET_HTTP_STATUS
  }
  return "";
}

}  // namespace gauntlet::http
