#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "runtimes/http/tests/client.hpp"
#include "runtimes/http/tests/running_server.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::http {
namespace {

using namespace std::chrono_literals;
using fixtures::ask_once;
using fixtures::body_of;
using fixtures::Client;
using fixtures::hello;
using fixtures::status_of;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view refused_at_once = "no request\r\n\r\n";

Task<Response> huge(Request&) { co_return Response::text(Status::ok, std::string(16U << 20U, 'L')); }
Task<Response> sleep_too_long(Request&) {
  co_await sleep_for(100ms);
  co_return Response::of_static(Status::ok, "text/plain", "slow");
}

Router slow_routes() {
  Router router = fixtures::hello_and_echo();
  router.add(Method::get, "/large", huge);
  router.add(Method::get, "/slow", sleep_too_long);
  return router;
}

Limits without_timeouts() {
  Limits limits;
  limits.idle_timeout = limits.header_timeout = limits.body_timeout = limits.send_timeout = limits.linger_timeout = 0ms;
  return limits;
}

class TimeoutTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const fixtures::RunningServer server(GetParam(), slow_routes());
    if (!server.why_unavailable().empty()) GTEST_SKIP() << server.why_unavailable();
  }
};

/// The only place is free again, sooner or later.
bool is_served_in_the_end(std::uint16_t port) {
  for (int i = 0; i < 1000; ++i) {
    if (status_of(ask_once(port, hello)) == 200) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

/// Null without one. On a machine that is busy, the server may give up before this thread has sent: then it tries
/// again.
std::unique_ptr<Client> client_with_answer(std::uint16_t port, std::string_view request, std::string_view body) {
  for (int i = 0; i < 1000; ++i) {
    auto client = std::make_unique<Client>(port);
    client->send(request);
    if (body_of(client->response()) == body) return client;
  }
  return nullptr;
}

TEST_P(TimeoutTest, ClosesAnIdleConnectionWithoutAWord) {
  Limits limits = without_timeouts();
  limits.idle_timeout = 30ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  EXPECT_EQ(Client(server.port()).rest(), "") << "before its first request";
  const auto client = client_with_answer(server.port(), hello, "hello");
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(client->rest(), "") << "behind a request";
}

TEST_P(TimeoutTest, AnswersHeadersThatDoNotEnd) {
  Limits limits = without_timeouts();
  limits.header_timeout = 30ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  Client client(server.port());
  client.send(hello);
  client.send("GET /hel");
  EXPECT_EQ(body_of(client.response()), "hello");
  const std::string late = client.rest();
  EXPECT_EQ(status_of(late), 408);
  EXPECT_THAT(late, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(late, Not(HasSubstr("(silence)")));
}

TEST_P(TimeoutTest, AnswersHeadersThatComeAByteAtATime) {
  Limits limits = without_timeouts();
  limits.header_timeout = 40ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  Client client(server.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX: ");
  for (int i = 0; i < 5000 && !client.has_bytes(); ++i) {
    client.send("x");
    std::this_thread::sleep_for(2ms);
  }
  EXPECT_EQ(status_of(client.rest()), 408);
}

TEST_P(TimeoutTest, AnswersABodyThatDoesNotGoOn) {
  Limits limits = without_timeouts();
  limits.body_timeout = 30ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  for (const std::string framing : {"Content-Length: 5\r\n\r\nhel", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    Client client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\n" + framing);
    const std::string late = client.rest();
    EXPECT_EQ(status_of(late), 408) << framing;
    EXPECT_THAT(late, Not(HasSubstr("(silence)")));
  }
}

TEST_P(TimeoutTest, GivesUpOnAClientThatDoesNotRead) {
  Limits limits = without_timeouts();
  limits.send_timeout = 30ms;
  limits.connections = 1;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  Client client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(is_served_in_the_end(server.port()));
}

TEST_P(TimeoutTest, WaitsForHandlersAsLongAsTheyTake) {
  Limits limits;
  limits.idle_timeout = limits.header_timeout = limits.body_timeout = limits.send_timeout = 20ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  const auto client = client_with_answer(server.port(), "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n", "slow");
  EXPECT_NE(client, nullptr);
}

TEST_P(TimeoutTest, WaitsWithoutLimitWhereATimeoutIsZero) {
  const fixtures::RunningServer server(GetParam(), slow_routes(), without_timeouts());
  Client client(server.port());
  client.send("GET /hello HTTP/1.1\r\n");
  std::this_thread::sleep_for(50ms);
  client.send("Host: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(body_of(client.rest()), "hello");
}

TEST_P(TimeoutTest, CountsAConnectionUntilItHasLingered) {
  Limits limits = without_timeouts();
  limits.connections = 1;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  {
    Client lingers(server.port());
    lingers.send(refused_at_once);
    EXPECT_EQ(status_of(lingers.rest()), 400);
    EXPECT_EQ(status_of(ask_once(server.port(), hello)), 503);
  }
  EXPECT_TRUE(is_served_in_the_end(server.port()));
}

TEST_P(TimeoutTest, LingersForAWhileOnly) {
  Limits limits = without_timeouts();
  limits.connections = 1;
  limits.linger_timeout = 30ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits);
  Client lingers(server.port());
  lingers.send(refused_at_once);
  EXPECT_EQ(status_of(lingers.rest()), 400);
  EXPECT_TRUE(is_served_in_the_end(server.port()));
}

/// Bytes and deadlines meet on three workers, some of which steal from one another: whoever is first, the client sees a
/// whole answer, or none.
TEST_P(TimeoutTest, LosesNoHalfOfAnAnswerWhenRequestsAndDeadlinesMeet) {
  Limits limits;
  limits.idle_timeout = limits.header_timeout = limits.body_timeout = limits.linger_timeout = 5ms;
  const fixtures::RunningServer server(GetParam(), slow_routes(), limits, 3);
  const auto ask_slowly = [port = server.port()] {
    for (int i = 0; i < 20; ++i) {
      Client client(port);
      for (int request = 0; request < 3; ++request) {
        std::this_thread::sleep_for(std::chrono::microseconds(300 * i));
        client.send(hello.substr(0, 10));
        if (i % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300 * i));
        client.send(hello.substr(10));
        const std::string answer = client.response();
        if (status_of(answer) != 200) {
          EXPECT_TRUE(answer.empty() || status_of(answer) == 408) << answer;
          break;
        }
        EXPECT_EQ(body_of(answer), "hello");
      }
    }
  };
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) clients.emplace_back(ask_slowly);
  for (std::thread& client : clients) client.join();
  EXPECT_NE(client_with_answer(server.port(), hello, "hello"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Runtimes, TimeoutTest, testing::ValuesIn(fixtures::contenders()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace gauntlet::http
