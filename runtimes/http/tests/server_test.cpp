#include "runtimes/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <semaphore>
#include <stdexcept>

#include "runtimes/http/tests/client.hpp"
#include "runtimes/http/tests/running_server.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::http {
namespace {

using fixtures::ask_once;
using fixtures::body_of;
using fixtures::Client;
using fixtures::hello;
using fixtures::status_of;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;
using namespace std::string_literals;

Task<Response> fail(Request&) {
  throw std::runtime_error("a handler's own error");
  co_return Response();
}
Task<Response> sleep_then_answer(Request& request) {
  co_await sleep_for(std::chrono::milliseconds(2));
  co_return Response::text(Status::ok, std::string(request.path));
}
Task<Response> large(Request&) { co_return Response::text(Status::ok, std::string(300'000, 'L')); }

Router routes() {
  Router router = fixtures::hello_and_echo();
  router.add(Method::get, "/fail", fail);
  router.add(Method::get, "/slow", sleep_then_answer);
  router.add(Method::get, "/large", large);
  return router;
}

Limits small_limits() {
  Limits limits;
  limits.header_bytes = 2048;
  limits.body_bytes = 64 * 1024;
  return limits;
}

class ServerTest : public testing::TestWithParam<std::string> {
 protected:
  ServerTest() : server_(GetParam(), routes(), small_limits()) {}
  void SetUp() override {
    if (!server_.why_unavailable().empty()) GTEST_SKIP() << server_.why_unavailable();
    ASSERT_NE(server_.port(), 0);
  }
  void expect_still_serving() {
    Client client(server_.port());
    client.send(hello);
    EXPECT_EQ(body_of(client.response()), "hello");
  }

  fixtures::RunningServer server_;
};

TEST_P(ServerTest, AnswersWithServerDateTypeAndLength) {
  Client client(server_.port());
  client.send(hello);
  const std::string response = client.response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\nServer: gauntlet\r\nDate: "));
  EXPECT_THAT(response, HasSubstr("Content-Type: text/plain\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\nhello"));
}

TEST_P(ServerTest, KeepsTheConnectionForFurtherRequests) {
  Client client(server_.port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client.send(i % 2 == 0 ? hello : "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_EQ(status_of(client.response()), i % 2 == 0 ? 200 : 404);
  }
}

TEST_P(ServerTest, AnswersPipelinedRequestsInOrderAndAtOnce) {
  Client client(server_.port());
  std::string requests;
  for (int i = 0; i < 8; ++i)
    requests += "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n" + std::to_string(i);
  client.send(requests);
  const std::string all = client.one_receive();
  std::string bodies;
  for (std::size_t at = 0; (at = all.find("\r\n\r\n", at)) != std::string::npos; at += 5) bodies += all[at + 4];
  EXPECT_EQ(bodies, "01234567");
}

TEST_P(ServerTest, KeepsTheOrderWhenAHandlerWaits) {
  Client client(server_.port());
  client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(hello));
  EXPECT_EQ(body_of(client.response()), "/slow");
  EXPECT_EQ(body_of(client.response()), "hello");
}

TEST_P(ServerTest, SendsBatchesThatAreLargerThanItsMemoryForThem) {
  Client client(server_.port());
  for (int i = 0; i < 4; ++i) client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(body_of(client.response()), std::string(300'000, 'L'));
}

TEST_P(ServerTest, ReadsBodiesByLengthAndInChunks) {
  Client client(server_.port());
  const std::string body(50'000, 'b');
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n" + body);
  EXPECT_EQ(body_of(client.response()), body);
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("c350\r\n" + body + "\r\n");
  client.send("3\r\nend\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), body + "end");
}

TEST_P(ServerTest, AnswersARequestSplitAnywhere) {
  const std::string request =
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  Client client(server_.port());
  for (std::size_t at = 1; at < request.size(); ++at) {
    client.send(request.substr(0, at));
    // An answer on another connection says that the server has had its turn with the first piece.
    if (at % 8 == 0) expect_still_serving();
    client.send(request.substr(at));
    ASSERT_EQ(body_of(client.response()), "abc") << "split at " << at;
  }
}

TEST_P(ServerTest, SendsContinueToAClientThatWaitsForIt) {
  Client client(server_.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(body_of(client.response()), "ok");
}

TEST_P(ServerTest, AnswersHeadWithoutABody) {
  Client client(server_.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(hello));
  EXPECT_THAT(client.response(true), HasSubstr("Content-Length: 5\r\n"));
  EXPECT_EQ(body_of(client.response()), "hello");
}

TEST_P(ServerTest, ClosesWhenTheClientAsksForIt) {
  for (const std::string request :
       {"GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET /hello HTTP/1.0\r\n\r\n"}) {
    Client client(server_.port());
    client.send(request);
    const std::string all = client.rest();
    EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(all, EndsWith("hello"));
  }
}

TEST_P(ServerTest, GoesOnReadingForAWhileWhenItHasClosed) {
  Client client(server_.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), "hello");
  EXPECT_EQ(client.one_receive(), "");
  // A reset in answer to the first of these would make the next one fail.
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client.send(hello));
    expect_still_serving();
  }
}

TEST_P(ServerTest, AnswersEachMistakeWithItsStatus) {
  Client client(server_.port());
  client.send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), 404);
  client.send("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string not_allowed = client.response();
  EXPECT_EQ(status_of(not_allowed), 405);
  EXPECT_THAT(not_allowed, HasSubstr("Allow: GET, HEAD\r\n"));
  client.send("GET /fail HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), 500);
  client.send(hello);
  EXPECT_EQ(status_of(client.response()), 200) << "none of these ends the connection";

  const std::uint16_t port = server_.port();
  EXPECT_EQ(status_of(ask_once(port, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n")), 413);
  EXPECT_EQ(status_of(ask_once(port, "GET /hello HTTP/1.1\r\nHost: h\r\nX: " + std::string(3000, 'x') + "\r\n\r\n")),
            431);
  EXPECT_EQ(status_of(ask_once(port, "BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n")), 501);
  EXPECT_EQ(status_of(ask_once(port, "GET /hello HTTP/3.0\r\nHost: h\r\n\r\n")), 505);
}

TEST_P(ServerTest, RefusesMalformedInputAndServesOn) {
  for (const std::string& garbage :
       {"nonsense\r\n\r\n"s, "\0\0\0\0\0\0\0\0"s, "GET /hello HTTP/1.1\r\nHost: h\r\nX\0: y\r\n\r\n"s,
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"s,
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"s,
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s}) {
    const std::string answer = ask_once(server_.port(), garbage);
    EXPECT_EQ(status_of(answer), 400) << testing::PrintToString(garbage);
    EXPECT_THAT(answer, Not(HasSubstr("(silence)")));
    expect_still_serving();
  }
}

TEST_P(ServerTest, AnswersWhatWasRightBeforePipelinedGarbage) {
  std::string stream(hello);
  stream.append("garbage\r\n\r\n").append(hello);
  const std::string all = ask_once(server_.port(), stream);
  EXPECT_EQ(status_of(all), 200);
  EXPECT_THAT(all, HasSubstr("helloHTTP/1.1 400 "));
  EXPECT_EQ(all.find("hello"), all.rfind("hello")) << "nothing behind the garbage is answered";
  expect_still_serving();
}

TEST_P(ServerTest, GetsARefusalThroughToAClientThatIsStillSending) {
  Client client(server_.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  for (int i = 0; i < 100 && client.send(std::string(10'000, 'x')); ++i) {
  }
  EXPECT_EQ(status_of(client.rest()), 413);
}

TEST_P(ServerTest, SurvivesClientsThatLeaveEarly) {
  const std::string request = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel";
  for (std::size_t size = 0; size <= request.size(); ++size) {
    Client client(server_.port());
    client.send(std::string_view(request).substr(0, size));
  }
  const std::string answer = ask_once(server_.port(), request);
  EXPECT_EQ(status_of(answer), 400) << "half a request, then the end";
  EXPECT_EQ(ask_once(server_.port(), ""), "");
  for (int i = 0; i < 20; ++i) {
    Client leaves(server_.port());
    leaves.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\nGET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  expect_still_serving();
}

TEST_P(ServerTest, RefusesConnectionsBeyondItsLimit) {
  Limits limits;
  limits.connections = 1;
  const fixtures::RunningServer server(GetParam(), routes(), limits);
  Client first(server.port());
  first.send(hello);
  EXPECT_EQ(status_of(first.response()), 200);
  EXPECT_EQ(status_of(ask_once(server.port(), hello)), 503);
  first.send(hello);
  EXPECT_EQ(status_of(first.response()), 200);
}

TEST_P(ServerTest, ShedsRequestsBeyondItsLimitAtOnceAndServesOn) {
  Limits limits;
  limits.concurrent_requests = 2;
  std::counting_semaphore<> inside(0), go_on(0);
  Router router;
  router.add(Method::get, "/hello", [&](Request&) -> Task<Response> {
    inside.release();
    while (!go_on.try_acquire()) co_await sleep_for(1ms);
    co_return Response::of_static(Status::ok, "text/plain", "hello");
  });
  const fixtures::RunningServer server(GetParam(), std::move(router), limits);
  Client first(server.port()), second(server.port()), third(server.port());
  first.send(hello);
  second.send(hello);
  for (int i = 0; i < 2; ++i) inside.acquire();
  for (int i = 0; i < 3; ++i) {
    third.send(hello);
    EXPECT_EQ(status_of(third.response()), 503) << "again and again, on one connection";
  }
  go_on.release(2);
  EXPECT_EQ(status_of(first.response()), 200);
  EXPECT_EQ(status_of(second.response()), 200);
  go_on.release();
  third.send(hello);
  EXPECT_EQ(status_of(third.response()), 200) << "there is room again";
}

TEST_P(ServerTest, ReadsWhatHasArrivedBeforeItServesWhatItLetIn) {
  // Each burns CPU and never waits: without a turn for the others in between, none of them would ever be under way
  // together with another one.
  Limits limits;
  limits.concurrent_requests = 2;
  Router router = routes();
  router.add(Method::get, "/burn", [](Request&) -> Task<Response> {
    const auto end = std::chrono::steady_clock::now() + 20ms;
    while (std::chrono::steady_clock::now() < end) {
    }
    co_return Response::of_static(Status::ok, "text/plain", "ashes");
  });
  const fixtures::RunningServer server(GetParam(), std::move(router), limits);
  std::deque<Client> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(server.port()).send(hello);
    EXPECT_EQ(status_of(clients.back().response()), 200);
  }
  for (Client& client : clients) client.send("GET /burn HTTP/1.1\r\nHost: h\r\n\r\n");
  int served = 0, shed = 0;
  for (Client& client : clients) {
    const int status = status_of(client.response());
    served += status == 200 ? 1 : 0;
    shed += status == 503 ? 1 : 0;
  }
  EXPECT_EQ(served + shed, 8);
  EXPECT_GE(served, 2);
  EXPECT_GE(shed, 1);
}

INSTANTIATE_TEST_SUITE_P(Runtimes, ServerTest, testing::ValuesIn(fixtures::contenders()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace gauntlet::http
