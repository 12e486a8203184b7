// Where an HTTP/1.1 response ends. Made for the load generator: one pass, no copy unless the body is chunked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gauntlet {

struct HttpResponse {
  enum class State { incomplete, complete, malformed } state = State::incomplete;
  /// Of a complete response: its bytes. Of an incomplete one: bytes that must be there before another look can help.
  std::size_t size = 0;
  int status = 0;
  std::string_view body;  ///< of a complete one; valid as long as the input and the scratch buffer are unchanged
  bool closes = false;
  const char* why = "";  ///< of a malformed one
};

/// The response that `received` begins with. `answers_head`: it has no body, whatever its headers say. `scratch`
/// receives the body of a chunked response.
HttpResponse frame_http_response(std::string_view received, bool answers_head, std::string& scratch);

}  // namespace gauntlet
