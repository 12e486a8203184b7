#include "runtimes/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gauntlet::http {
namespace {

using State = RequestReader::State;

/// Feeds `pieces` as a connection does: what was not consumed comes again, in other memory, with the next piece.
RequestReader::Progress feed(RequestReader& reader, std::string& memory,
                             std::initializer_list<std::string_view> pieces) {
  RequestReader::Progress progress;
  for (const std::string_view piece : pieces) {
    std::string joined = memory + std::string(piece);
    memory.swap(joined);
    progress = reader.read(memory);
    if (progress.state != State::incomplete) return progress;
    memory.erase(0, progress.consumed);
  }
  return progress;
}

struct Case {
  std::string bytes;
  Status status;
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
  return out << testing::PrintToString(one.bytes.substr(0, 60));
}

TEST(RequestReader, ReadsARequestInPlace) {
  RequestReader reader(Limits{});
  const std::string bytes = "GET /orders/7?full=1&x HTTP/1.1\r\nHost: here\r\nX-Id:  abc \r\n\r\nGET";
  const auto progress = reader.read(bytes);
  ASSERT_EQ(progress.state, State::complete);
  EXPECT_EQ(progress.consumed, bytes.size() - 3);
  const Request& request = reader.request();
  EXPECT_EQ(request.method, Method::get);
  EXPECT_EQ(request.target, "/orders/7?full=1&x");
  EXPECT_EQ(request.path, "/orders/7");
  EXPECT_EQ(request.query, "full=1&x");
  EXPECT_EQ(request.header("x-ID"), "abc");
  EXPECT_FALSE(request.header("missing"));
  EXPECT_TRUE(request.keep_alive);
  EXPECT_GE(request.path.data(), bytes.data());
  EXPECT_LT(request.path.data(), bytes.data() + bytes.size());
}

/// Paths and bodies of all requests of a stream that arrives in pieces.
std::string read_all(const std::string& stream, std::size_t first, std::size_t step) {
  RequestReader reader(Limits{});
  std::string seen;
  std::string memory;
  for (std::size_t given = 0; given < stream.size();) {
    const std::size_t size = given == 0 ? first : step;
    const std::string joined = memory + stream.substr(given, size);
    given += size;
    std::string_view rest = joined;
    for (;;) {
      const auto progress = reader.read(rest);
      if (progress.state == State::refused) return seen + "refused";
      rest.remove_prefix(progress.consumed);
      if (progress.state == State::incomplete) break;
      seen += std::string(reader.request().path) + "=" + std::string(reader.request().body) + ";";
    }
    memory = std::string(rest);
  }
  return seen;
}

TEST(RequestReader, ReadsTheSameRequestsWhereverTheyAreSplit) {
  const std::string stream =
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "\r\nPOST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y;z=\"\t \\\"\x80\"\r\nabc\r\n00A\r\n0123456789\r\n0\r\nT: t\r\n\r\n"
      "GET /c HTTP/1.0\r\n\r\n";
  for (std::size_t first = 1; first <= stream.size(); ++first) {
    EXPECT_EQ(read_all(stream, first, stream.size()), "/a=hello;/b=abc0123456789;/c=;") << "split at " << first;
    EXPECT_EQ(read_all(stream, first, 1), "/a=hello;/b=abc0123456789;/c=;") << "single bytes behind " << first;
  }
}

TEST(RequestReader, ReadsABodyWithoutAnyBytesWhereverItIsSplit) {
  const std::string head = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body :
       {"0\r\n\r\n", "000\r\n\r\n", "0;a=b\r\n\r\n", "0 ;a=\"b\"\r\n\r\n", "0\r\nT: t\r\nU:\r\n\r\n"}) {
    const std::string stream = head + body + "GET /0 HTTP/1.1\r\nHost: h\r\n\r\n";
    for (std::size_t first = 1; first <= stream.size(); ++first) {
      for (std::size_t step = 1; step <= 4; ++step) {
        EXPECT_EQ(read_all(stream, first, step), "/a=;/0=;") << body << " split at " << first << ", then " << step;
      }
      EXPECT_EQ(read_all(stream, first, stream.size()), "/a=;/0=;") << body << " split at " << first;
    }
  }
}

TEST(RequestReader, ReadsDataThatLooksLikeALastChunk) {
  const std::string stream =
      "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n1\r\n0\r\n0\r\n\r\n";
  for (std::size_t first = 1; first <= stream.size(); ++first) {
    EXPECT_EQ(read_all(stream, first, 1), "/a=0\r\n\r\n0;") << first;
    EXPECT_EQ(read_all(stream, first, stream.size()), "/a=0\r\n\r\n0;") << first;
  }
}

TEST(RequestReader, KeepsTheHeadOfARequestWhoseBodyIsStillArriving) {
  RequestReader reader(Limits{});
  std::string memory;
  const auto progress = feed(reader, memory, {"PUT /x?q HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\na", "b", "cd"});
  ASSERT_EQ(progress.state, State::complete);
  EXPECT_EQ(reader.request().path, "/x");
  EXPECT_EQ(reader.request().query, "q");
  EXPECT_EQ(reader.request().header("Host"), "h");
  EXPECT_EQ(reader.request().body, "abcd");
}

TEST(RequestReader, SaysWhetherTheConnectionGoesOn) {
  const auto keep_alive = [](std::string_view head) {
    RequestReader reader(Limits{});
    EXPECT_EQ(reader.read(head).state, State::complete) << head;
    return reader.request().keep_alive;
  };
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(RequestReader, TakesTheAbsoluteFormOfATarget) {
  RequestReader reader(Limits{});
  ASSERT_EQ(reader.read("GET http://host:80/path?q HTTP/1.1\r\nHost: h\r\n\r\n").state, State::complete);
  EXPECT_EQ(reader.request().path, "/path");
  EXPECT_EQ(reader.request().query, "q");
}

TEST(RequestReader, AsksForContinueOnceAndOnlyWhenTheBodyIsStillToCome) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RequestReader waiting(Limits{});
  EXPECT_TRUE(waiting.read(head).expects_continue);
  EXPECT_FALSE(waiting.read("a").expects_continue);
  RequestReader impatient(Limits{});
  const auto progress = impatient.read(head + "ab");
  EXPECT_EQ(progress.state, State::complete);
  EXPECT_FALSE(progress.expects_continue);
}

TEST(RequestReader, ForgetsTheRequestBefore) {
  RequestReader reader(Limits{});
  ASSERT_EQ(reader.read("POST /a?q HTTP/1.1\r\nHost: h\r\nX: 1\r\nContent-Length: 1\r\n\r\nz").state, State::complete);
  ASSERT_EQ(reader.read("GET /b HTTP/1.1\r\nHost: h\r\n\r\n").state, State::complete);
  EXPECT_EQ(reader.request().query, "");
  EXPECT_EQ(reader.request().body, "");
  EXPECT_FALSE(reader.request().header("X"));
}

class Refused : public testing::TestWithParam<Case> {};

TEST_P(Refused, WithItsStatusInOnePieceAndByteByByte) {
  Limits limits;
  limits.header_bytes = 256;
  limits.body_bytes = 16;
  RequestReader at_once(limits);
  const auto progress = at_once.read(GetParam().bytes);
  ASSERT_EQ(progress.state, State::refused);
  EXPECT_EQ(static_cast<int>(progress.status), static_cast<int>(GetParam().status));

  RequestReader slowly(limits);
  std::string memory;
  RequestReader::Progress last;
  for (const char byte : GetParam().bytes) {
    last = feed(slowly, memory, {std::string_view(&byte, 1)});
    if (last.state != State::incomplete) break;
  }
  ASSERT_EQ(last.state, State::refused);
  EXPECT_EQ(static_cast<int>(last.status), static_cast<int>(GetParam().status));
}

std::string post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

using namespace std::string_literals;

INSTANTIATE_TEST_SUITE_P(
    Malformed, Refused,
    testing::Values(
        Case{"this is no request\r\n\r\n", Status::bad_request}, Case{"GET /\r\n\r\n", Status::bad_request},
        Case{"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", Status::bad_request},
        Case{"GET / HTPP/1.1\r\nHost: h\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/11\r\nHost: h\r\n\r\n", Status::bad_request},
        Case{"GET relative HTTP/1.1\r\nHost: h\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost : h\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nnothing\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost:\r\n h\r\n\r\n", Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\t\r\n\r\n", Status::bad_request},
        Case{post("Content-Length:\r\n 5\r\n", "hello"), Status::bad_request},
        Case{post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), Status::bad_request},
        Case{chunked("0\r\nT: a\r\n b\r\n\r\n"), Status::bad_request},
        Case{chunked("0\r\nT:\r\n b\r\n\r\n"), Status::bad_request},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s, Status::bad_request},
        Case{"\0\0\0\0\r\n\r\n"s, Status::bad_request},
        Case{"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, Status::bad_request},
        Case{"GET / HTTP/2.0\r\nHost: h\r\n\r\n", Status::version_not_supported},
        Case{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Status::version_not_supported},
        Case{"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", Status::not_implemented},
        Case{"CONNECT a:1 HTTP/1.1\r\nHost: h\r\n\r\n", Status::not_implemented},
        Case{"GET /" + std::string(300, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", Status::header_fields_too_large},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(300, 'a') + "\r\n\r\n", Status::header_fields_too_large},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(300, 'a'), Status::header_fields_too_large},
        Case{post("Content-Length: 17\r\n", ""), Status::content_too_large},
        Case{post("Content-Length: 99999999999999999999\r\n", ""), Status::bad_request},
        Case{post("Content-Length: -1\r\n", ""), Status::bad_request},
        Case{post("Content-Length: ten\r\n", ""), Status::bad_request},
        Case{post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), Status::bad_request},
        Case{post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), Status::bad_request},
        Case{post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), Status::bad_request},
        Case{post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), Status::not_implemented},
        Case{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Status::bad_request},
        Case{post("Expect: tea\r\nContent-Length: 1\r\n", "a"), Status::expectation_failed},
        Case{chunked("zz\r\n"), Status::bad_request}, Case{chunked("-1\r\n"), Status::bad_request},
        Case{chunked("fffffffffffffffff\r\n"), Status::bad_request},
        Case{chunked("2\r\nabcd\r\n"), Status::bad_request},
        Case{chunked("1;a=\"\n\"\r\nx\r\n0\r\n\r\n"), Status::bad_request},
        Case{chunked("1;a=\"\\\n\"\r\nx\r\n0\r\n\r\n"), Status::bad_request},
        Case{chunked("1;a=\"\x7f\"\r\nx\r\n0\r\n\r\n"), Status::bad_request},
        Case{chunked("1;a=\"\0\"\r\nx\r\n0\r\n\r\n"s), Status::bad_request},
        Case{chunked("1\r\nx\r\n0;a=\"\n\"\r\n\r\n"), Status::bad_request},
        Case{chunked("1;a=\"\r\n\"\r\nx\r\n0\r\n\r\n"), Status::bad_request},
        Case{chunked("10\r\n0123456789abcdef\r\n1\r\nx\r\n"), Status::content_too_large},
        Case{chunked("ffffffffffffffff\r\n"), Status::content_too_large},
        Case{chunked("1;" + std::string(600, 'x')), Status::header_fields_too_large}));

}  // namespace
}  // namespace gauntlet::http
