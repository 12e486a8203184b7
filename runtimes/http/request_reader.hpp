// Bytes of a connection -> requests.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "runtimes/http/limits.hpp"
#include "runtimes/http/request.hpp"
#include "runtimes/http/status.hpp"

namespace gauntlet::http {

/// One per connection. Copies nothing of a request that arrives in one piece; what arrives in pieces it keeps.
class RequestReader {
 public:
  enum class State {
    incomplete,  ///< needs more bytes behind those it did not consume
    complete,    ///< request() stands until the next read()
    refused      ///< answer `status` and close: what follows cannot be understood
  };
  struct Progress {
    State state = State::incomplete;
    std::size_t consumed = 0;
    Status status = Status::ok;
    bool expects_continue = false;  ///< the client waits for "100 Continue" before it sends the body
  };

  /// How heads are read that need no parser. The requests are the same; tests see to that.
  enum class PlainHeads { at_sight, by_parser };

  explicit RequestReader(const Limits& limits, PlainHeads how = PlainHeads::at_sight);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Goes on with `input`, which begins with what the call before left over. A complete request points into it.
  Progress read(std::string_view input);

  /// Something of a request has been consumed, but not all of it.
  bool inside_request() const noexcept;
  Request& request() noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gauntlet::http
