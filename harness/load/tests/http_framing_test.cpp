#include "harness/load/http_framing.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace gauntlet {
namespace {

using Framing = HttpResponse::State;

struct Whole {
  std::string bytes;
  int status;
  std::string body;
  bool closes = false;
  bool answers_head = false;
};

const std::vector<Whole> kResponses = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!", 200, "Hello, World!"},
    {"HTTP/1.1 404 Not Found\r\ncontent-LENGTH:0 \r\nX: y\r\n\r\n", 404, ""},
    {"HTTP/1.1 200\r\nContent-Length: 2\r\nConnection: Close\r\n\r\n\r\n", 200, "\r\n", true},
    {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\nA;name=value\r\n, World!!!\r\n0\r\n\r\n", 200,
     "Hello, World!!!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", 200, ""},
    {"HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n", 204, ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 200, "", false, true},
};

TEST(HttpFraming, FindsTheEndOfEveryKindOfResponse) {
  for (const Whole& whole : kResponses) {
    std::string scratch;
    const std::string received = whole.bytes + "HTTP/1.1 200";
    const HttpResponse response = frame_http_response(received, whole.answers_head, scratch);
    ASSERT_EQ(response.state, Framing::complete) << whole.bytes << response.why;
    EXPECT_EQ(response.size, whole.bytes.size()) << whole.bytes;
    EXPECT_EQ(response.status, whole.status);
    EXPECT_EQ(response.body, whole.body);
    EXPECT_EQ(response.closes, whole.closes) << whole.bytes;
  }
}

TEST(HttpFraming, AResponseSplitAtAnyByteIsIncompleteAndNeverAsksForMoreThanItTakes) {
  for (const Whole& whole : kResponses) {
    for (std::size_t size = 0; size < whole.bytes.size(); ++size) {
      std::string scratch;
      const HttpResponse response = frame_http_response(whole.bytes.substr(0, size), whole.answers_head, scratch);
      ASSERT_EQ(response.state, Framing::incomplete) << whole.bytes.substr(0, size) << ": " << response.why;
      EXPECT_GT(response.size, size);
      EXPECT_LE(response.size, whole.bytes.size());
    }
  }
}

TEST(HttpFraming, BytesThatAreNoResponseAreMalformed) {
  const char* const cases[] = {
      "HELLO",
      "SSH-2.0-OpenSSH\r\n",
      "HTTP/2 200\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
  };
  for (const char* bytes : cases) {
    std::string scratch;
    const HttpResponse response = frame_http_response(bytes, false, scratch);
    EXPECT_EQ(response.state, Framing::malformed) << bytes;
    EXPECT_STRNE(response.why, "") << bytes;
  }
}

TEST(HttpFraming, HeadersWithoutAnEndAreGivenUp) {
  std::string scratch;
  std::string bytes = "HTTP/1.1 200 OK\r\nX: ";
  bytes.append(100'000, 'x');
  EXPECT_EQ(frame_http_response(bytes, false, scratch).state, Framing::malformed);
}

TEST(HttpFraming, MutatedResponsesNeverReachBeyondTheirBytes) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = kResponses[random() % kResponses.size()].bytes;
    for (int change = 0; change < 3; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
    std::string scratch;
    const HttpResponse response = frame_http_response(bytes, false, scratch);
    if (response.state == Framing::complete) {
      EXPECT_LE(response.size, bytes.size());
    } else if (response.state == Framing::incomplete) {
      EXPECT_GT(response.size, bytes.size());
    }
  }
}

}  // namespace
}  // namespace gauntlet
