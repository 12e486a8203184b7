#include "runtimes/http/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>

#include "runtimes/http/plain_head.hpp"

namespace gauntlet::http {

namespace beast = boost::beast::http;

namespace {

using boost::system::error_code;
using State = RequestReader::State;
using Progress = RequestReader::Progress;

/// A body that came in pieces may keep this much memory for the next one.
constexpr std::size_t body_kept_bytes = 64 * 1024;

std::string_view as_std(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// All but HTAB, which may stand wherever a space may.
bool is_control(char character) {
  const auto code = static_cast<unsigned char>(character);
  return (code < 0x20 && code != '\t') || code == 0x7f;
}

std::optional<Method> known_method(beast::verb verb) {
  switch (verb) {
    case beast::verb::get:
      return Method::get;
    case beast::verb::head:
      return Method::head;
    case beast::verb::post:
      return Method::post;
    case beast::verb::put:
      return Method::put;
    case beast::verb::patch:
      return Method::patch;
    case beast::verb::delete_:
      return Method::remove;
    case beast::verb::options:
      return Method::options;
    default:
      return std::nullopt;
  }
}

/// "HTTP/2.0" and its like: well-formed, but another version.
bool asks_other_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::string_view version = line.substr(std::min(line.rfind(' '), line.size() - 1) + 1);
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]);
}

/// Origin form, absolute form (whose authority is dropped) or the asterisk.
bool split_target(Request& request) {
  std::string_view path = request.target;
  if (!path.starts_with('/') && path != "*") {
    const std::size_t scheme = path.find("://");
    if (scheme == std::string_view::npos) return false;
    path.remove_prefix(std::min(path.find('/', scheme + 3), path.size()));
    if (!path.starts_with('/')) return false;
  }
  const std::size_t question = path.find('?');
  request.path = path.substr(0, question);
  if (question != std::string_view::npos) request.query = path.substr(question + 1);
  return true;
}

/// Beast 1.81 asserts on a last chunk without any before it whose first five bytes do not come at once (Beast's issue
/// 2861). At least "0\r\n\r\n" is still to come then, so waiting for them takes nothing from the next request.
bool is_start_of_only_chunk(std::string_view input) { return input.size() < 5 && input.starts_with('0'); }

class Parser final : public beast::basic_parser<true> {
 public:
  Parser(Request& request, std::string& body, const Limits& limits) : request_(&request), body_(&body) {
    header_limit(limits.header_bytes);
    body_limit(limits.body_bytes);
  }

  void begin(std::string_view input) { input_ = input; }
  bool expects_continue() const { return expects_continue_ && request_->minor_version > 0; }
  int hosts() const { return hosts_; }

  Status status_of(const error_code& error, std::string_view input) const {
    if (refusal_) return *refusal_;
    if (error == beast::error::header_limit) return Status::header_fields_too_large;
    if (error == beast::error::body_limit) return Status::content_too_large;
    const bool other_version = error == beast::error::bad_version && asks_other_version(input);
    return other_version ? Status::version_not_supported : Status::bad_request;
  }

 private:
  using Text = boost::beast::string_view;

  /// RFC 9112 lets a server refuse a value that goes on in another line. Beast joins its pieces in memory of its own,
  /// unless the first is empty: then the value stands in the input, behind the line end.
  bool is_folded(Text name, Text value) const {
    const bool in_input = value.data() >= input_.data() && value.data() <= input_.data() + input_.size();
    return !in_input || std::find(name.end(), value.data(), '\n') != value.data();
  }

  void refuse(Status status, error_code& error) {
    refusal_ = status;
    error = beast::error::bad_value;
  }

  void on_request_impl(beast::verb verb, Text, Text target, int version, error_code& error) override {
    const std::optional<Method> method = known_method(verb);
    if (!method) return refuse(Status::not_implemented, error);
    request_->method = *method;
    request_->target = as_std(target);
    request_->minor_version = static_cast<std::uint8_t>(version % 10);
    if (!split_target(*request_)) refuse(Status::bad_request, error);
  }

  void on_field_impl(beast::field field, Text name, Text value, error_code& error) override {
    if (is_folded(name, value)) return refuse(Status::bad_request, error);
    if (is_header_done()) return;  // trailers are checked and dropped
    if (field == beast::field::host) {
      ++hosts_;
    } else if (field == beast::field::transfer_encoding) {
      if (!equal_without_case(as_std(value), "chunked")) return refuse(Status::not_implemented, error);
      if (request_->minor_version == 0) return refuse(Status::bad_request, error);
    } else if (field == beast::field::expect) {
      if (!equal_without_case(as_std(value), "100-continue")) return refuse(Status::expectation_failed, error);
      expects_continue_ = true;
    }
    request_->headers.push_back({as_std(name), as_std(value)});
  }

  void on_header_impl(error_code& error) override {
    if (hosts_ > 1 || (hosts_ == 0 && request_->minor_version > 0)) refuse(Status::bad_request, error);
  }

  std::size_t on_chunk_body_impl(std::uint64_t, Text piece, error_code&) override {
    body_->append(piece.data(), piece.size());
    return piece.size();
  }

  void on_response_impl(int, Text, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text extension, error_code& error) override {
    // Beast takes any byte inside quotes. Others end a line at a bare LF and would see another request than we do.
    if (std::ranges::any_of(as_std(extension), is_control)) refuse(Status::bad_request, error);
  }
  void on_finish_impl(error_code&) override {}

  Request* request_;
  std::string* body_;
  std::string_view input_;
  std::optional<Status> refusal_;
  int hosts_ = 0;
  bool expects_continue_ = false;
};

Progress refused(Status status) { return {.state = State::refused, .status = status}; }

}  // namespace

struct RequestReader::Parts {
  enum class Stage { head, fixed_body, chunked_body, done };

  Parts(const Limits& bounds, PlainHeads how) : limits(bounds), plain_heads(how) {}

  Progress read_head(std::string_view input);
  Progress begin_body(std::string_view input, std::size_t head_bytes);
  Progress read_fixed(std::string_view input);
  Progress read_chunks(std::string_view input);
  Progress finish(std::size_t consumed);
  void keep_head(std::string_view text);
  void restart();

  const Limits limits;
  const PlainHeads plain_heads;
  Request request;
  std::optional<Parser> parser;  ///< Beast's parsers serve one message each
  Stage stage = Stage::head;
  std::size_t searched = 0;     ///< bytes of an incomplete head that hold no end of it
  std::uint64_t remaining = 0;  ///< of a body with Content-Length
  std::string head;             ///< of a request whose body is still arriving
  std::string body;             ///< of one that did not arrive in one piece
};

void RequestReader::Parts::restart() {
  body.clear();
  if (body.capacity() > body_kept_bytes) body.shrink_to_fit();
  stage = Stage::head;
  searched = 0;
}

Progress RequestReader::Parts::finish(std::size_t consumed) {
  stage = Stage::done;
  return {.state = State::complete, .consumed = consumed};
}

void RequestReader::Parts::keep_head(std::string_view text) {
  head.assign(text);
  request.rebase(text.data(), head.data());
}

Progress RequestReader::Parts::read_head(std::string_view input) {
  std::size_t skipped = 0;
  if (searched == 0) {
    // Some clients send a line end behind a body; RFC 9112 asks to overlook it.
    while (input.substr(skipped).starts_with("\r\n")) skipped += 2;
    input.remove_prefix(skipped);
    if (input.empty() || input == "\r") return {.consumed = skipped};
  } else if (input.find("\r\n\r\n", searched - std::min<std::size_t>(searched, 3)) == std::string_view::npos) {
    // Parsing it again from its start for every few bytes would cost a patient client little and us much.
    searched = input.size();
    return searched > limits.header_bytes ? refused(Status::header_fields_too_large) : Progress{};
  }
  request.clear();
  if (plain_heads == PlainHeads::at_sight) {
    const std::size_t plain = read_plain_head(input, request);
    if (plain != 0 && plain <= limits.header_bytes) return finish(skipped + plain);
    request.clear();
  }
  parser.emplace(request, body, limits);
  parser->begin(input);
  error_code error;
  const std::size_t head_bytes = parser->put(boost::asio::const_buffer(input.data(), input.size()), error);
  if (error == beast::error::need_more) {
    searched = input.size();
    return {.consumed = skipped};
  }
  if (error) return refused(parser->status_of(error, input));
  if (head_bytes > limits.header_bytes) return refused(Status::header_fields_too_large);
  Progress progress = begin_body(input, head_bytes);
  progress.consumed += skipped;
  return progress;
}

Progress RequestReader::Parts::begin_body(std::string_view input, std::size_t head_bytes) {
  request.keep_alive = parser->keep_alive();
  if (parser->is_done()) return finish(head_bytes);
  const std::string_view rest = input.substr(head_bytes);
  Progress progress;
  if (parser->chunked()) {
    stage = Stage::chunked_body;
    parser->eager(true);
    progress = read_chunks(rest);
  } else {
    remaining = *parser->content_length();
    if (rest.size() >= remaining) {
      request.body = rest.substr(0, remaining);
      return finish(head_bytes + remaining);
    }
    stage = Stage::fixed_body;
    progress = read_fixed(rest);
  }
  if (progress.state != State::incomplete) {
    progress.consumed += head_bytes;
    return progress;
  }
  keep_head(input.substr(0, head_bytes));
  progress.consumed += head_bytes;
  progress.expects_continue = parser->expects_continue() && rest.empty();
  return progress;
}

Progress RequestReader::Parts::read_fixed(std::string_view input) {
  const std::size_t taken = std::min<std::uint64_t>(remaining, input.size());
  body.append(input.substr(0, taken));
  remaining -= taken;
  if (remaining > 0) return {.consumed = taken};
  request.body = body;
  return finish(taken);
}

Progress RequestReader::Parts::read_chunks(std::string_view input) {
  if (input.empty() || (body.empty() && is_start_of_only_chunk(input))) return {};
  error_code error;
  parser->begin(input);
  const std::size_t taken = parser->put(boost::asio::const_buffer(input.data(), input.size()), error);
  if (error && error != beast::error::need_more) return refused(parser->status_of(error, input));
  if (parser->is_done()) {
    request.body = body;
    return finish(taken);
  }
  // What is left over is one chunk's header, or the trailers.
  if (input.size() - taken > limits.header_bytes) return refused(Status::header_fields_too_large);
  return {.consumed = taken};
}

RequestReader::RequestReader(const Limits& limits, PlainHeads how) : parts_(std::make_unique<Parts>(limits, how)) {}
RequestReader::~RequestReader() = default;

Request& RequestReader::request() noexcept { return parts_->request; }

bool RequestReader::inside_request() const noexcept {
  return parts_->stage == Parts::Stage::fixed_body || parts_->stage == Parts::Stage::chunked_body;
}

Progress RequestReader::read(std::string_view input) {
  switch (parts_->stage) {
    case Parts::Stage::fixed_body:
      return parts_->read_fixed(input);
    case Parts::Stage::chunked_body:
      return parts_->read_chunks(input);
    case Parts::Stage::done:
      parts_->restart();
      [[fallthrough]];
    case Parts::Stage::head:
      return parts_->read_head(input);
  }
  return {};
}

}  // namespace gauntlet::http
