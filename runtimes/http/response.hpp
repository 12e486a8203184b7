// What a handler answers.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "runtimes/http/status.hpp"

namespace gauntlet::http {

/// Server, Date and Content-Length are the server's; the rest is said here. Move-only by habit of its users: a body is
/// moved along the middleware chain, never copied.
class Response {
 public:
  explicit Response(Status code = Status::ok) noexcept : status(code) {}
  /// `content_type` must be of static storage.
  Response(Status code, std::string_view content_type, std::string body)
      : status(code), content_type_(content_type), body_(std::move(body)) {}

  /// Content type and body must be of static storage: nothing is copied.
  static Response of_static(Status code, std::string_view content_type, std::string_view body) noexcept {
    Response response(code);
    response.content_type_ = content_type;
    response.static_body_ = body;
    return response;
  }
  /// text/plain.
  static Response text(Status code, std::string body) { return {code, "text/plain", std::move(body)}; }

  /// Adds a header. Line ends in name or value are a programmer's error (asserted).
  void add_header(std::string_view name, std::string_view value);

  std::string_view content_type() const noexcept { return content_type_; }
  std::string_view body() const noexcept { return static_body_.empty() ? std::string_view(body_) : static_body_; }
  /// The added headers, as they go over the wire.
  const std::string& header_lines() const noexcept { return header_lines_; }

  Status status;
  bool close = false;  ///< end the connection behind this response

 private:
  std::string_view content_type_;
  std::string_view static_body_;
  std::string body_;
  std::string header_lines_;
};

}  // namespace gauntlet::http
