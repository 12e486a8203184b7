#include "runtimes/recovery/request_record.hpp"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include "runtimes/recovery/journal/crc32c.hpp"

namespace gauntlet::recovery {

namespace {

using Headers = decltype(StoredRequest::headers);
static_assert(std::same_as<Headers, StateValues>);

class Writer {
 public:
  template <typename... Field>
  void operator()(const Field&... fields) {
    (put(fields), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <std::integral Number>
  void put(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  void put(http::Method method) { put(static_cast<std::uint8_t>(method)); }
  void put(const Headers& headers) {
    put(static_cast<std::uint32_t>(headers.size()));
    for (const auto& [name, value] : headers) (*this)(name, value);
  }

  std::string bytes_;
};

/// Never reads beyond the end; what was missing, or is no value of its field, shows in ended_well().
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <typename... Field>
  void operator()(Field&... fields) {
    (get(fields), ...);
  }
  bool ended_well() const { return !failed_ && rest_.empty(); }

 private:
  template <std::integral Number>
  void get(Number& number) {
    if (const std::string_view bytes = take(sizeof number); !bytes.empty()) {
      std::memcpy(&number, bytes.data(), sizeof number);
    }
  }
  void get(std::string& text) {
    std::uint32_t size = 0;
    get(size);
    text = take(size);
  }
  void get(http::Method& method) {
    std::uint8_t number = 0;
    get(number);
    failed_ = failed_ || number > static_cast<std::uint8_t>(http::Method::options);
    if (!failed_) method = static_cast<http::Method>(number);
  }
  void get(Headers& headers) {
    std::uint32_t left = 0;
    for (get(left); left > 0 && !failed_; --left) {
      auto& [name, value] = headers.emplace_back();
      (*this)(name, value);
    }
  }
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

template <typename Type, typename Stored>
concept PerhapsConst = std::same_as<std::remove_const_t<Type>, Stored>;

// The fields of each in the order of the format, which writing and reading share.

template <typename Codec>
void pass(Codec& codec, PerhapsConst<StoredRequest> auto& request) {
  codec(request.id, request.attempts, request.arrival_unix_ns, request.deadline_unix_ns, request.key, request.method,
        request.target, request.headers, request.body);
}

template <typename Codec>
void pass(Codec& codec, PerhapsConst<StoredOutcome> auto& outcome) {
  codec(outcome.id, outcome.key, outcome.fingerprint, outcome.status, outcome.content_type, outcome.header_lines,
        outcome.body);
}

template <typename Codec>
void pass(Codec& codec, PerhapsConst<StoredNote> auto& note) {
  codec(note.id, note.attempt, note.reason);
}

template <typename Codec>
void pass(Codec& codec, PerhapsConst<StoredCompletion> auto& completion) {
  pass(codec, completion.outcome);
  codec(completion.put);
}

template <typename Codec>
void pass(Codec& codec, PerhapsConst<StoredState> auto& state) {
  codec(state.put);
}

template <typename Stored>
std::string written(const Stored& stored) {
  Writer out;
  pass(out, stored);
  return out.take();
}

template <typename Stored>
std::optional<Stored> read(std::string_view bytes) {
  Reader in(bytes);
  Stored stored;
  pass(in, stored);
  if (!in.ended_well()) return std::nullopt;
  return stored;
}

}  // namespace

std::string encode(const StoredRequest& request) { return written(request); }
std::string encode_by_reference(const StoredRequest& request) {
  StoredRequest without_body = request;
  without_body.body.clear();
  return written(without_body) + (request.body_file ? encode(*request.body_file) : std::string());
}
std::string encode(const StoredOutcome& outcome) { return written(outcome); }
std::string encode(const StoredNote& note) { return written(note); }
std::string encode(const StoredCompletion& completion) { return written(completion); }
std::string encode(const StoredState& state) { return written(state); }

std::optional<StoredRequest> decode_request(std::string_view bytes) { return read<StoredRequest>(bytes); }
std::optional<StoredRequest> decode_request_by_reference(std::string_view bytes) {
  const std::size_t inline_bytes = bytes.size() - std::min(bytes.size(), payload_reference_bytes);
  auto request = read<StoredRequest>(bytes.substr(0, inline_bytes));
  const auto reference = decode_payload_reference(bytes.substr(inline_bytes));
  if (!request || !reference || !request->body.empty()) return std::nullopt;
  request->body_file = *reference;
  return request;
}
std::optional<StoredOutcome> decode_outcome(std::string_view bytes) { return read<StoredOutcome>(bytes); }
std::optional<StoredNote> decode_note(std::string_view bytes) { return read<StoredNote>(bytes); }
std::optional<StoredCompletion> decode_completion(std::string_view bytes) { return read<StoredCompletion>(bytes); }
std::optional<StoredState> decode_state(std::string_view bytes) { return read<StoredState>(bytes); }

std::uint32_t fingerprint_of(const StoredRequest& request) {
  const std::string whole =
      std::string(http::method_name(request.method)) + '\n' + request.target + '\n' + request.body;
  return crc32c(std::as_bytes(std::span(whole)));
}

}  // namespace gauntlet::recovery
