// What the journal keeps of a request and of its end, as bytes and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtimes/http/method.hpp"
#include "runtimes/recovery/journal/payload_reference.hpp"

namespace gauntlet::recovery {

enum class RecordType : std::uint8_t {
  accepted = 1,
  attempt = 2,
  completed = 3,
  dead = 4,
  revived = 5,
  completed_with_state = 6,
  state = 7,
  start = 8,
  accepted_by_reference = 9
};

/// Times are those of the system clock, in nanoseconds since 1970: they have to outlive the process.
struct StoredRequest {
  std::uint64_t id = 0;        ///< 0: the sequence of its own record
  std::uint32_t attempts = 0;  ///< replays that have begun
  std::int64_t arrival_unix_ns = 0;
  std::int64_t deadline_unix_ns = 0;  ///< 0: none
  std::string key;                    ///< of idempotency; empty: none
  http::Method method = http::Method::post;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Where the body is; empty: here. Not encoded but by encode_by_reference(), which leaves the body out.
  std::optional<PayloadReference> body_file = std::nullopt;
};

/// How a request ended, and what a repetition of it is answered.
struct StoredOutcome {
  std::uint64_t id = 0;
  std::string key;                ///< empty: it is not to be remembered
  std::uint32_t fingerprint = 0;  ///< of the request that the key stands for
  std::uint16_t status = 0;
  std::string content_type;
  std::string header_lines;
  std::string body;
};

/// Of types attempt, dead, revived and start, which is of no request.
struct StoredNote {
  std::uint64_t id = 0;
  std::uint32_t attempt = 0;
  std::string reason;
};

/// Keys of a StateStore with their values.
using StateValues = std::vector<std::pair<std::string, std::string>>;

/// Of type completed_with_state: what a request came to and what it put, in one record.
struct StoredCompletion {
  StoredOutcome outcome;
  StateValues put;
};

/// Of type state: values that are written again.
struct StoredState {
  StateValues put;
};

std::string encode(const StoredRequest& request);
std::string encode(const StoredOutcome& outcome);
std::string encode(const StoredNote& note);
std::string encode(const StoredCompletion& completion);
std::string encode(const StoredState& state);

/// Of type accepted_by_reference. The reference stands last, where a ReferringJournal puts it.
std::string encode_by_reference(const StoredRequest& request);

/// None: the bytes are not what encode() gives. Any bytes may be given.
std::optional<StoredRequest> decode_request(std::string_view bytes);
std::optional<StoredRequest> decode_request_by_reference(std::string_view bytes);
std::optional<StoredOutcome> decode_outcome(std::string_view bytes);
std::optional<StoredNote> decode_note(std::string_view bytes);
std::optional<StoredCompletion> decode_completion(std::string_view bytes);
std::optional<StoredState> decode_state(std::string_view bytes);

/// The same for the same method, target and body.
std::uint32_t fingerprint_of(const StoredRequest& request);

}  // namespace gauntlet::recovery
