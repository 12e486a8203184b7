// What one request and its answer look like on the wire. The engine knows no protocol.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "scenarios/bench.hpp"

namespace gauntlet {

enum class ErrorKind {
  wrong_status,
  wrong_body,
  malformed,        ///< the bytes are not an answer; the connection is given up
  connection_lost,  ///< closed or reset while an answer was due
  connect_failed,
  unanswered  ///< not answered when the drain ended, or never sent because no connection became free
};
inline constexpr std::array<const char*, 6> kErrorKindNames = {"wrong_status",    "wrong_body",     "malformed",
                                                               "connection_lost", "connect_failed", "unanswered"};

struct Answer {
  enum class State { incomplete, right, shed, wrong, malformed } state = State::incomplete;
  /// Bytes that the whole answer takes; of an incomplete one: bytes without which it is pointless to look again.
  std::size_t size = 0;
  bool closes = false;                        ///< the subject will close the connection behind this answer
  ErrorKind error = ErrorKind::wrong_status;  ///< of a wrong one
};

/// One per generator thread; not thread-safe.
class Exchange {
 public:
  virtual ~Exchange() = default;
  /// The bytes of `count` requests, numbered from `first_id`; valid until the next call. `count` is at most the plan's
  /// pipeline.
  virtual std::string_view requests(std::uint64_t first_id, std::uint32_t count) = 0;
  /// Judges the answer to request `id`, which `received` begins with. Later answers may follow it.
  virtual Answer examine(std::string_view received, std::uint64_t id) = 0;
  /// Why the answer that was examined last is wrong or malformed, in a sentence with an excerpt of it.
  virtual std::string explain() const = 0;
};

/// `authority` is host:port, for HTTP's Host header.
std::unique_ptr<Exchange> make_exchange(const LoadPlan& plan, std::string_view authority);
/// The same for the plan's other kind; null without one.
std::unique_ptr<Exchange> make_other_exchange(const LoadPlan& plan, std::string_view authority);

/// At most `limit` bytes in quotes, with what is not printable as escapes.
std::string printable_excerpt(std::string_view bytes, std::size_t limit = 80);

}  // namespace gauntlet
