#include "runtimes/native/plaintext_answers.hpp"

#include <utility>

namespace gauntlet {

void PlaintextAnswers::take(std::string_view bytes) {
  std::string joined;
  if (!kept_.empty()) {
    joined = std::move(kept_.append(bytes));
    bytes = joined;
  }
  while (!bytes.empty() && !writer_.closes()) {
    const http::RequestReader::Progress progress = reader_.read(bytes);
    bytes.remove_prefix(progress.consumed);
    if (progress.state == http::RequestReader::State::incomplete) {
      if (progress.expects_continue) writer_.append_continue();
      break;
    }
    if (progress.state == http::RequestReader::State::refused) {
      writer_.append_refusal(progress.status);
    } else {
      answer_request();
    }
  }
  kept_.assign(bytes);
}

void PlaintextAnswers::answer_request() {
  const http::Request& request = reader_.request();
  if (request.method == http::Method::get && request.path == "/plaintext") {
    writer_.append(request, http::Response::of_static(http::Status::ok, "text/plain", "Hello, World!"));
  } else {
    writer_.append(request, http::Response::of_static(http::Status::not_found, "text/plain", "Not Found\n"));
  }
}

}  // namespace gauntlet
