// Responses -> bytes of a connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtimes/http/request.hpp"
#include "runtimes/http/response.hpp"

namespace gauntlet::http {

/// One per connection. Collects the answers to all requests of one input, so that they leave in one send.
class ResponseWriter {
 public:
  /// The answer to `request`, which says whether it has a body on the wire and whether the connection goes on.
  void append(const Request& request, const Response& response);
  /// An answer to what is no request. The connection ends behind it.
  void append_refusal(Status status);
  /// "100 Continue".
  void append_continue();

  std::string_view pending() const noexcept { return bytes_; }
  /// What was pending has been sent.
  void clear() noexcept;
  bool closes() const noexcept { return closes_; }

 private:
  void append_parts(const Response& response, std::string_view connection, std::string_view body);

  static constexpr std::int64_t unknown = -1;

  std::string bytes_;
  std::int64_t second_ = unknown;  ///< of the Date headers; the clock is read once for each batch
  bool closes_ = false;
};

}  // namespace gauntlet::http
