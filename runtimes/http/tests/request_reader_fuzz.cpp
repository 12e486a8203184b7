// What a fuzzer asks of the reader: that a stream holds the same requests however it is cut, and whether or not plain
// heads are read without the parser. The first byte of an input says where it is cut, the rest is the stream.
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtimes/http/request_reader.hpp"

namespace gauntlet::http {
namespace {

std::string describe(const Request& request) {
  std::string text(method_name(request.method));
  const auto add = [&text](std::string_view part) { text.append("|").append(part); };
  for (const std::string_view part : {request.target, request.path, request.query, request.body}) add(part);
  for (const Field& field : request.headers) {
    add(field.name);
    add(field.value);
  }
  add(request.keep_alive ? "keep-alive" : "close");
  return text + "\n";
}

/// All requests of the stream, when `step` bytes of it come at a time.
std::string read_all(std::string_view stream, std::size_t step,
                     RequestReader::PlainHeads how = RequestReader::PlainHeads::at_sight) {
  Limits limits;
  limits.header_bytes = 512;
  limits.body_bytes = 256;
  RequestReader reader(limits, how);
  std::string seen;
  std::string kept;
  for (std::size_t at = 0; at < stream.size(); at += step) {
    // Memory of exactly this size, so that a sanitizer sees a byte too many.
    const std::string joined = kept + std::string(stream.substr(at, step));
    std::string_view rest = joined;
    for (;;) {
      const RequestReader::Progress progress = reader.read(rest);
      if (progress.state == RequestReader::State::refused) return seen;
      assert(progress.consumed <= rest.size());
      rest.remove_prefix(progress.consumed);
      if (progress.state == RequestReader::State::incomplete) break;
      seen += describe(reader.request());
    }
    kept = rest;
  }
  return seen;
}

}  // namespace
}  // namespace gauntlet::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gauntlet::http::read_all;
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string at_once = read_all(stream, stream.size());
  [[maybe_unused]] const std::string by_byte = read_all(stream, 1);
  [[maybe_unused]] const std::string cut = read_all(stream, std::size_t{2} + data[0] % 32);
  [[maybe_unused]] const std::string parsed =
      read_all(stream, stream.size(), gauntlet::http::RequestReader::PlainHeads::by_parser);
  assert(by_byte == at_once && cut == at_once && parsed == at_once);
  return 0;
}
