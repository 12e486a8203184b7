// What the native twins answer over HTTP.
#pragma once

#include <string>
#include <string_view>

#include "runtimes/http/request_reader.hpp"
#include "runtimes/http/response_writer.hpp"

namespace gauntlet {

/// GET /plaintext of scenario `load`, with the reader and the writer of runtimes/http: the work is that of the adapter,
/// so what the adapter costs beyond it is the seam, the tasks and the router. All other paths are 404. One for each
/// connection.
class PlaintextAnswers {
 public:
  /// Takes bytes as they came, and answers the requests that are complete with them.
  void take(std::string_view bytes);

  /// Answers not yet cleared; their memory stays until then, or until more is taken.
  std::string_view pending() const { return writer_.pending(); }
  void clear() { writer_.clear(); }
  /// The connection ends once what is pending has been sent.
  bool closes() const { return writer_.closes(); }

 private:
  void answer_request();

  http::RequestReader reader_{http::Limits{}};
  http::ResponseWriter writer_;
  std::string kept_;  ///< the beginning of a request
};

}  // namespace gauntlet
