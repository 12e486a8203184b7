#include "runtimes/recovery/request_record.hpp"

#include <concepts>
#include <cstring>
#include <span>

#include "runtimes/recovery/journal/crc32c.hpp"

namespace gauntlet::recovery {

namespace {

class Writer {
 public:
  template <std::integral Number>
  void put(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Never reads beyond the end; what was missing shows in ended_well().
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <std::integral Number>
  Number number() {
    Number value = 0;
    if (const std::string_view bytes = take(sizeof value); !bytes.empty()) {
      std::memcpy(&value, bytes.data(), sizeof value);
    }
    return value;
  }
  std::string text() { return std::string(take(number<std::uint32_t>())); }
  bool failed() const { return failed_; }
  bool ended_well() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    failed_ = failed_ || size > rest_.size();
    if (failed_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

std::string encode(const StoredRequest& request) {
  Writer out;
  out.put(request.id);
  out.put(request.attempts);
  out.put(request.arrival_unix_ns);
  out.put(request.deadline_unix_ns);
  out.put(request.key);
  out.put(static_cast<std::uint8_t>(request.method));
  out.put(request.target);
  out.put(static_cast<std::uint32_t>(request.headers.size()));
  for (const auto& [name, value] : request.headers) {
    out.put(name);
    out.put(value);
  }
  out.put(request.body);
  return out.take();
}

std::string encode(const StoredOutcome& outcome) {
  Writer out;
  out.put(outcome.id);
  out.put(outcome.key);
  out.put(outcome.fingerprint);
  out.put(outcome.status);
  out.put(outcome.content_type);
  out.put(outcome.header_lines);
  out.put(outcome.body);
  return out.take();
}

std::string encode(const StoredNote& note) {
  Writer out;
  out.put(note.id);
  out.put(note.attempt);
  out.put(note.reason);
  return out.take();
}

std::optional<StoredRequest> decode_request(std::string_view bytes) {
  Reader in(bytes);
  StoredRequest request;
  request.id = in.number<std::uint64_t>();
  request.attempts = in.number<std::uint32_t>();
  request.arrival_unix_ns = in.number<std::int64_t>();
  request.deadline_unix_ns = in.number<std::int64_t>();
  request.key = in.text();
  const auto method = in.number<std::uint8_t>();
  if (method > static_cast<std::uint8_t>(http::Method::options)) return std::nullopt;
  request.method = static_cast<http::Method>(method);
  request.target = in.text();
  for (auto left = in.number<std::uint32_t>(); left > 0 && !in.failed(); --left) {
    std::string name = in.text();
    request.headers.emplace_back(std::move(name), in.text());
  }
  request.body = in.text();
  if (!in.ended_well()) return std::nullopt;
  return request;
}

std::optional<StoredOutcome> decode_outcome(std::string_view bytes) {
  Reader in(bytes);
  StoredOutcome outcome;
  outcome.id = in.number<std::uint64_t>();
  outcome.key = in.text();
  outcome.fingerprint = in.number<std::uint32_t>();
  outcome.status = in.number<std::uint16_t>();
  outcome.content_type = in.text();
  outcome.header_lines = in.text();
  outcome.body = in.text();
  if (!in.ended_well()) return std::nullopt;
  return outcome;
}

std::optional<StoredNote> decode_note(std::string_view bytes) {
  Reader in(bytes);
  StoredNote note;
  note.id = in.number<std::uint64_t>();
  note.attempt = in.number<std::uint32_t>();
  note.reason = in.text();
  if (!in.ended_well()) return std::nullopt;
  return note;
}

std::uint32_t fingerprint_of(const StoredRequest& request) {
  const std::string whole =
      std::string(http::method_name(request.method)) + '\n' + request.target + '\n' + request.body;
  return crc32c(std::as_bytes(std::span(whole)));
}

}  // namespace gauntlet::recovery
