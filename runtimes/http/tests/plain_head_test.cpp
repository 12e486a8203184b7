#include "runtimes/http/plain_head.hpp"

#include <gtest/gtest.h>

#include <string>

#include "runtimes/http/request_reader.hpp"

namespace gauntlet::http {
namespace {

using PlainHeads = RequestReader::PlainHeads;

bool is_plain(std::string_view head) {
  Request request;
  return read_plain_head(head, request) != 0;
}

TEST(PlainHead, IsReadInPlaceUpToItsBlankLine) {
  const std::string_view input =
      "GET /orders/7?full=1&x HTTP/1.1\r\nHost: here:80\r\nX-Id:   a b  \r\nConnection: Keep-Alive\r\n\r\nGET";
  Request request;
  EXPECT_EQ(read_plain_head(input, request), input.size() - 3);
  EXPECT_EQ(request.method, Method::get);
  EXPECT_EQ(request.target, "/orders/7?full=1&x");
  EXPECT_EQ(request.path, "/orders/7");
  EXPECT_EQ(request.query, "full=1&x");
  EXPECT_EQ(request.minor_version, 1);
  EXPECT_TRUE(request.keep_alive);
  EXPECT_EQ(request.headers.size(), 3u);
  EXPECT_EQ(request.header("host"), "here:80");
  EXPECT_EQ(request.header("x-id"), "a b");
  EXPECT_EQ(request.path.data(), input.data() + 4);
}

TEST(PlainHead, IsNotOneBeforeItsLastByteIsThere) {
  const std::string_view input = "HEAD / HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n";
  for (std::size_t size = 0; size < input.size(); ++size) EXPECT_FALSE(is_plain(input.substr(0, size))) << size;
  EXPECT_TRUE(is_plain(input));
}

TEST(PlainHead, IsNoneThatSpeaksOfABodyOrOfTheConnection) {
  const std::string line = "GET / HTTP/1.1\r\n";
  EXPECT_TRUE(is_plain(line + "Host: h\r\n\r\n"));
  for (const std::string header :
       {"Content-Length: 0", "content-length: 5", "Transfer-Encoding: chunked", "TRANSFER-ENCODING: x",
        "Expect: 100-continue", "Upgrade: websocket", "Connection: close", "Connection: keep-alive, close",
        "Proxy-Connection: close", "Host: other", "X:", "X: \t", "X: a\r\n folded", "X : a", "X: \x80"}) {
    EXPECT_FALSE(is_plain(line + "Host: h\r\n" + header + "\r\n\r\n")) << header;
    EXPECT_FALSE(is_plain(line + header + "\r\nHost: h\r\n\r\n")) << header;
  }
  EXPECT_FALSE(is_plain(line + "\r\n")) << "no host";
  for (const char* other : {"POST / HTTP/1.1\r\n", "GET / HTTP/1.0\r\n", "GET * HTTP/1.1\r\n", " GET / HTTP/1.1\r\n",
                            "GET http://h/ HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET  / HTTP/1.1\r\n",
                            "GET /  HTTP/1.1\r\n", "GET /a b HTTP/1.1\r\n"}) {
    EXPECT_FALSE(is_plain(std::string(other) + "Host: h\r\n\r\n")) << other;
  }
}

/// All that a reader makes of a stream.
std::string outcome(std::string_view stream, PlainHeads how) {
  Limits limits;
  limits.header_bytes = 80;
  RequestReader reader(limits, how);
  std::string seen;
  for (;;) {
    const RequestReader::Progress progress = reader.read(stream);
    if (progress.state == RequestReader::State::refused) {
      return seen + std::to_string(static_cast<int>(progress.status));
    }
    stream.remove_prefix(progress.consumed);
    if (progress.state == RequestReader::State::incomplete) return seen + (reader.inside_request() ? "body" : "head");
    const Request& request = reader.request();
    for (const std::string_view part : {method_name(request.method), request.target, request.path, request.query,
                                        request.body, std::string_view(request.keep_alive ? "kept" : "closed")}) {
      seen.append(part).append("|");
    }
    for (const Field& field : request.headers) seen.append(field.name).append("=").append(field.value).append("|");
    seen += std::to_string(request.minor_version) + ";";
  }
}

struct Tally {
  int plain = 0;
  int refused = 0;
  void compare(const std::string& stream) {
    const std::string parsed = outcome(stream, PlainHeads::by_parser);
    // One message for a whole test: the first stream that is understood in two ways says it all.
    ASSERT_EQ(outcome(stream, PlainHeads::at_sight), parsed) << testing::PrintToString(stream);
    plain += is_plain(stream);
    refused += parsed.size() == 3;
  }
};

const std::string streams[] = {"GET /a?b HTTP/1.1\r\nHost: h\r\nX-Y: 1 2\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
                               "HEAD / HTTP/1.1\r\nConnection: keep-alive\r\nHost: abc\r\n\r\n",
                               "GET / HTTP/1.1\r\nHost:h\r\nContent-Length: 1\r\n\r\nx"};

TEST(PlainHead, MeansWhatTheParserMeansWhicheverByteIsAnother) {
  Tally tally;
  for (const std::string& stream : streams) {
    for (std::size_t at = 0; at < stream.size(); ++at) {
      std::string changed = stream;
      for (int byte = 0; byte < 256; ++byte) {
        changed[at] = static_cast<char>(byte);
        ASSERT_NO_FATAL_FAILURE(tally.compare(changed));
      }
    }
  }
  EXPECT_GT(tally.plain, 1000);
  EXPECT_GT(tally.refused, 1000);
}

TEST(PlainHead, MeansWhatTheParserMeansWhicheverByteIsMissingOrTooMany) {
  Tally tally;
  for (const std::string& stream : streams) {
    for (std::size_t at = 0; at < stream.size(); ++at) {
      std::string changed = stream;
      changed.erase(at, 1);
      ASSERT_NO_FATAL_FAILURE(tally.compare(changed));
      for (const char byte : {' ', '\t', '\r', '\n', ':', '/', '\0', '\x80', 'a'}) {
        changed = stream;
        changed.insert(at, 1, byte);
        ASSERT_NO_FATAL_FAILURE(tally.compare(changed));
      }
    }
  }
  EXPECT_GT(tally.plain, 50);
  EXPECT_GT(tally.refused, 50);
}

TEST(PlainHead, ThatIsTooLongIsRefusedAsTheParserDoes) {
  Tally tally;
  for (std::size_t size = 1; size < 100; ++size) {
    ASSERT_NO_FATAL_FAILURE(tally.compare("GET /" + std::string(size, 'p') + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_NO_FATAL_FAILURE(tally.compare("GET / HTTP/1.1\r\nHost: " + std::string(size, 'h') + "\r\n\r\n"));
  }
  EXPECT_GT(tally.refused, 20);
}

}  // namespace
}  // namespace gauntlet::http
