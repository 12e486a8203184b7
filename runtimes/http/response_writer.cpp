#include "runtimes/http/response_writer.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "runtimes/http/date_line.hpp"

namespace gauntlet::http {

namespace {

/// A connection keeps this much for its next answers; what a large one took beyond it goes back.
constexpr std::size_t kept_bytes = 64 * 1024;

/// The names of Content-Type and Content-Length, twenty digits and the line ends.
constexpr std::size_t fixed_bytes_max = 64;

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

/// What stands above the body. `connection` is a header line or empty.
struct Head {
  std::int64_t second = -1;
  Status status = Status::ok;
  std::string_view connection = {};
  std::string_view header_lines = {};
  std::string_view content_type = {};
  std::size_t content_length = 0;

  bool operator==(const Head&) const = default;
  std::size_t size_max() const noexcept {
    return response_opening(status).size() + date_line(second).size() + connection.size() + header_lines.size() +
           content_type.size() + fixed_bytes_max;
  }
  /// Into size_max() bytes. Gives the end.
  char* write(char* memory) const noexcept;
};

char* Head::write(char* memory) const noexcept {
  Cursor out(memory);
  out.put(response_opening(status));
  out.put(date_line(second));
  out.put(connection);
  out.put(header_lines);
  if (has_body(status)) {
    if (!content_type.empty()) {
      out.put("Content-Type: ");
      out.put(content_type);
      out.put("\r\n");
    }
    out.put("Content-Length: ");
    out.put(content_length);
    out.put("\r\n");
  }
  out.put("\r\n");
  return out.position();
}

/// The last head without header lines of its own that a thread has written: the next is likely to be the same, for the
/// rest of its second. One copy then, where its parts would be eight.
class PreparedHead {
 public:
  /// Empty: it does not fit.
  std::string_view of(const Head& head) noexcept {
    if (head != head_) {
      if (head.size_max() > text_.size()) return {};
      head_ = head;
      size_ = static_cast<std::size_t>(head.write(text_.data()) - text_.data());
    }
    return {text_.data(), size_};
  }

 private:
  Head head_;  ///< its views are of static storage
  std::size_t size_ = 0;
  std::array<char, 256> text_{};
};

constinit thread_local PreparedHead prepared;

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
  if (second_ == unknown) second_ = current_second();
  const Head head{.second = second_,
                  .status = response.status,
                  .connection = connection,
                  .header_lines = response.header_lines(),
                  .content_type = response.content_type(),
                  .content_length = response.body().size()};
  if (!has_body(response.status)) body = {};
  const std::string_view usual = head.header_lines.empty() ? prepared.of(head) : std::string_view();
  const std::size_t before = bytes_.size();
  // One growth and plain copies: appending piece by piece costs more than all the rest of answering.
  bytes_.resize_and_overwrite(before + (usual.empty() ? head.size_max() : usual.size()) + body.size(),
                              [&](char* memory, std::size_t) {
                                char* const at = memory + before;
                                Cursor out(usual.empty() ? head.write(at) : at);
                                out.put(usual);
                                out.put(body);
                                return static_cast<std::size_t>(out.position() - memory);
                              });
}

void ResponseWriter::clear() noexcept {
  second_ = unknown;
  if (bytes_.capacity() > kept_bytes) {
    bytes_ = std::string();
  } else {
    bytes_.clear();
  }
}

}  // namespace gauntlet::http
