#include "harness/load/http_framing.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace gauntlet {
namespace {

constexpr std::size_t kMostHeaderBytes = 64 << 10;
constexpr std::size_t kMostBodyBytes = 64 << 20;

struct Headers {
  std::optional<std::size_t> content_length;
  bool chunked = false;
  bool closes = false;
  const char* why = nullptr;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A line without its end, or nothing when the end has not come yet. A line that ends otherwise than in CRLF keeps its
// newline, which no caller accepts.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t newline = rest.find('\n');
  if (newline == std::string_view::npos) return std::nullopt;
  const bool is_proper = newline > 0 && rest[newline - 1] == '\r';
  const std::string_view line = rest.substr(0, is_proper ? newline - 1 : newline + 1);
  rest.remove_prefix(newline + 1);
  return line;
}

bool parse_status_line(std::string_view line, HttpResponse& response) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') return false;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, response.status);
  if (error != std::errc() || end != line.data() + 12 || response.status < 100) return false;
  if (line.size() > 12 && line[12] != ' ') return false;
  if (line[7] != '0' && line[7] != '1') return false;
  response.closes = line[7] == '0';
  return line.back() != '\n';
}

void apply_content_length(std::string_view value, Headers& headers) {
  std::size_t length = 0;
  const char* const end = value.data() + value.size();
  const auto [parsed, error] = std::from_chars(value.data(), end, length);
  if (error != std::errc() || parsed != end) {
    headers.why = "a Content-Length that is no number";
  } else if (headers.content_length && *headers.content_length != length) {
    headers.why = "two different Content-Lengths";
  } else if (length > kMostBodyBytes) {
    headers.why = "a body of more than 64 MiB";
  }
  headers.content_length = length;
}

void apply_header(std::string_view line, Headers& headers) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line.back() == '\n') {
    headers.why = "a header line that is none";
    return;
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  const char first = lower(name.front());
  // Most headers start with neither letter; the comparison is the costly part.
  if (first != 'c' && first != 't') return;
  if (equal_ignoring_case(name, "content-length")) return apply_content_length(value, headers);
  if (equal_ignoring_case(name, "transfer-encoding")) {
    headers.chunked = equal_ignoring_case(value, "chunked");
    if (!headers.chunked) headers.why = "a Transfer-Encoding other than chunked";
  }
  if (equal_ignoring_case(name, "connection")) headers.closes = equal_ignoring_case(value, "close");
}

HttpResponse malformed(HttpResponse response, const char* why) {
  response.state = HttpResponse::State::malformed;
  response.why = why;
  return response;
}

HttpResponse incomplete(HttpResponse response, std::size_t bytes_needed) {
  response.state = HttpResponse::State::incomplete;
  response.size = bytes_needed;
  return response;
}

HttpResponse frame_chunks(std::string_view received, std::string_view rest, HttpResponse response,
                          std::string& scratch) {
  scratch.clear();
  const auto at = [&] { return received.size() - rest.size(); };
  const auto wait_for_line = [&] {
    return rest.size() > kMostHeaderBytes ? malformed(response, "a chunk line without an end")
                                          : incomplete(response, received.size() + 1);
  };
  for (;;) {
    const auto line = take_line(rest);
    if (!line) return wait_for_line();
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    const bool has_end = end == line->data() + line->size() || *end == ';' || *end == ' ';
    if (error != std::errc() || !has_end || line->back() == '\n') return malformed(response, "a chunk without a size");
    if (size > kMostBodyBytes - scratch.size()) return malformed(response, "a body of more than 64 MiB");
    if (size == 0) break;
    if (rest.size() < size + 2) return incomplete(response, at() + size + 2);
    scratch.append(rest.substr(0, size));
    if (rest.substr(size, 2) != "\r\n") return malformed(response, "a chunk that is longer than its size");
    rest.remove_prefix(size + 2);
  }
  for (;;) {
    const auto trailer = take_line(rest);
    if (!trailer) return wait_for_line();
    if (trailer->empty()) break;
  }
  response.state = HttpResponse::State::complete;
  response.size = at();
  response.body = scratch;
  return response;
}

}  // namespace

HttpResponse frame_http_response(std::string_view received, bool answers_head, std::string& scratch) {
  HttpResponse response;
  std::string_view rest = received;
  const auto wait_for_line = [&] {
    return received.size() > kMostHeaderBytes ? malformed(response, "headers of more than 64 KiB")
                                              : incomplete(response, received.size() + 1);
  };
  const auto status_line = take_line(rest);
  if (!status_line) {
    // Bytes that cannot begin a response are told at once: their line may never end.
    const std::string_view begin = std::string_view("HTTP/1.").substr(0, received.size());
    return received.starts_with(begin) ? wait_for_line() : malformed(response, "no HTTP/1.x status line");
  }
  if (!parse_status_line(*status_line, response)) return malformed(response, "no HTTP/1.x status line");

  Headers headers;
  for (;;) {
    const auto line = take_line(rest);
    if (!line) return wait_for_line();
    if (line->empty()) break;
    apply_header(*line, headers);
    if (headers.why != nullptr) return malformed(response, headers.why);
  }
  response.closes = response.closes || headers.closes;
  const std::size_t header_size = received.size() - rest.size();

  const bool has_no_body = answers_head || response.status < 200 || response.status == 204 || response.status == 304;
  if (!has_no_body && headers.chunked) {
    if (headers.content_length) return malformed(response, "both Content-Length and chunks");
    return frame_chunks(received, rest, response, scratch);
  }
  if (!has_no_body && !headers.content_length) return malformed(response, "neither Content-Length nor chunks");
  const std::size_t body_size = has_no_body ? 0 : *headers.content_length;
  if (rest.size() < body_size) return incomplete(response, header_size + body_size);
  response.state = HttpResponse::State::complete;
  response.size = header_size + body_size;
  response.body = rest.substr(0, body_size);
  return response;
}

}  // namespace gauntlet
