#include "runtimes/http/response_writer.hpp"

#include <charconv>
#include <cstring>

#include "runtimes/http/date_line.hpp"

namespace gauntlet::http {

namespace {

/// A connection keeps this much for its next answers; what a large one took beyond it goes back.
constexpr std::size_t kept_bytes = 64 * 1024;

/// The names of Content-Type and Content-Length, twenty digits and the line ends.
constexpr std::size_t head_rest_bytes_max = 64;

class Cursor {
 public:
  explicit Cursor(char* start) noexcept : position_(start) {}
  void put(std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(position_, text.data(), text.size());
    position_ += text.size();
  }
  void put(std::size_t number) noexcept { position_ = std::to_chars(position_, position_ + 20, number).ptr; }
  char* position() const noexcept { return position_; }

 private:
  char* position_;
};

bool has_body(Status status) { return status != Status::no_content && status != Status::not_modified; }

}  // namespace

void ResponseWriter::append(const Request& request, const Response& response) {
  closes_ = response.close || !request.keep_alive;
  std::string_view connection;
  if (closes_) {
    connection = "Connection: close\r\n";
  } else if (request.minor_version == 0) {
    connection = "Connection: keep-alive\r\n";
  }
  append_parts(response, connection, request.method == Method::head ? std::string_view() : response.body());
}

void ResponseWriter::append_refusal(Status status) {
  closes_ = true;
  append_parts(Response(status), "Connection: close\r\n", {});
}

void ResponseWriter::append_continue() { bytes_.append("HTTP/1.1 100 Continue\r\n\r\n"); }

void ResponseWriter::append_parts(const Response& response, std::string_view connection, std::string_view body) {
  if (bytes_.empty() || date_.empty()) date_.assign(date_line());
  const std::string_view opening = response_opening(response.status);
  const std::size_t before = bytes_.size();
  const std::size_t enough = before + opening.size() + date_.size() + connection.size() +
                             response.header_lines().size() + response.content_type().size() + body.size() +
                             head_rest_bytes_max;
  // One growth and plain copies: appending piece by piece costs more than all the rest of answering.
  bytes_.resize_and_overwrite(enough, [&](char* memory, std::size_t) {
    Cursor out(memory + before);
    out.put(opening);
    out.put(date_);
    out.put(connection);
    out.put(response.header_lines());
    if (has_body(response.status)) {
      if (!response.content_type().empty()) {
        out.put("Content-Type: ");
        out.put(response.content_type());
        out.put("\r\n");
      }
      out.put("Content-Length: ");
      out.put(response.body().size());
      out.put("\r\n\r\n");
      out.put(body);
    } else {
      out.put("\r\n");
    }
    return static_cast<std::size_t>(out.position() - memory);
  });
}

void ResponseWriter::clear() noexcept {
  if (bytes_.capacity() > kept_bytes) {
    bytes_ = std::string();
  } else {
    bytes_.clear();
  }
}

}  // namespace gauntlet::http
