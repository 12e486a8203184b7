#include "harness/load/exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using ::testing::HasSubstr;
using State = Answer::State;

LoadPlan http_plan() {
  LoadPlan plan;
  plan.expect_body = "Hello, World!";
  plan.pipeline = 3;
  return plan;
}

LoadPlan echo_plan(std::uint32_t payload_bytes) {
  LoadPlan plan;
  plan.protocol = Protocol::echo;
  plan.payload_bytes = payload_bytes;
  plan.pipeline = 2;
  return plan;
}

TEST(HttpExchange, RequestsAreWhatAClientSends) {
  const auto exchange = make_exchange(http_plan(), "127.0.0.1:80");
  const std::string request = "GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n";
  EXPECT_EQ(exchange->requests(1, 1), request);
  EXPECT_EQ(exchange->requests(2, 3), request + request + request);
}

TEST(HttpExchange, ABodyComesWithItsLength) {
  LoadPlan plan;
  plan.method = "POST";
  plan.path = "/orders";
  plan.body = "{\"a\":1}";
  EXPECT_EQ(make_exchange(plan, "h:1")->requests(1, 1),
            "POST /orders HTTP/1.1\r\nHost: h:1\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST(HttpExchange, ARightAnswerIsRightAndAPartOfItIsIncomplete) {
  const auto exchange = make_exchange(http_plan(), "h:1");
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!";
  EXPECT_EQ(exchange->examine(answer, 1).state, State::right);
  EXPECT_EQ(exchange->examine(answer, 1).size, answer.size());
  EXPECT_EQ(exchange->examine(answer.substr(0, 50), 1).state, State::incomplete);
}

TEST(HttpExchange, AWrongStatusIsToldWithAnExcerpt) {
  const auto exchange = make_exchange(http_plan(), "h:1");
  const Answer answer = exchange->examine("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 1);
  EXPECT_EQ(answer.state, State::wrong);
  EXPECT_EQ(answer.error, ErrorKind::wrong_status);
  EXPECT_EQ(answer.size, 40u);
  EXPECT_THAT(exchange->explain(), HasSubstr("status 503 and not 200: \"HTTP/1.1 503 Busy\\r\\n"));
}

TEST(HttpExchange, ARefusalUnderLoadIsWrongUnlessThePlanCountsIt) {
  LoadPlan plan = http_plan();
  plan.counts_shed = true;
  const auto exchange = make_exchange(plan, "h:1");
  EXPECT_EQ(exchange->examine("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 1).state, State::shed);
  EXPECT_EQ(exchange->examine("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 1).state, State::wrong);
}

TEST(HttpExchange, TheOtherKindAsksForSomethingElse) {
  LoadPlan plan = http_plan();
  EXPECT_EQ(make_other_exchange(plan, "h:1"), nullptr);
  plan.other = {.share = 0.5, .path = "/other", .expect_body = "other"};
  const auto exchange = make_other_exchange(plan, "h:1");
  EXPECT_EQ(exchange->requests(1, 1), "GET /other HTTP/1.1\r\nHost: h:1\r\n\r\n");
  EXPECT_EQ(exchange->examine("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", 1).state, State::right);
}

TEST(HttpExchange, AWrongBodyIsToldWithBothBodies) {
  const auto exchange = make_exchange(http_plan(), "h:1");
  const Answer answer = exchange->examine("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World?", 1);
  EXPECT_EQ(answer.state, State::wrong);
  EXPECT_EQ(answer.error, ErrorKind::wrong_body);
  EXPECT_THAT(exchange->explain(), HasSubstr("\"Hello, World?\""));
  EXPECT_THAT(exchange->explain(), HasSubstr("\"Hello, World!\""));
}

TEST(HttpExchange, AnyBodyWillDoWhenNoneIsExpected) {
  const auto exchange = make_exchange(LoadPlan(), "h:1");
  EXPECT_EQ(exchange->examine("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 1).state, State::right);
}

TEST(HttpExchange, WhatIsNoResponseIsMalformed) {
  const auto exchange = make_exchange(http_plan(), "h:1");
  EXPECT_EQ(exchange->examine("rubbish\x01", 1).state, State::malformed);
  EXPECT_THAT(exchange->explain(), HasSubstr("\"rubbish\\x01\""));
}

TEST(EchoExchange, AMessageMustComeBackAsItWasSent) {
  for (const std::uint32_t size : {8u, 64u, 4096u}) {
    const auto exchange = make_exchange(echo_plan(size), "");
    const std::string both(exchange->requests(7, 2));
    ASSERT_EQ(both.size(), 2 * size);
    EXPECT_EQ(exchange->examine(both, 7).state, State::right);
    EXPECT_EQ(exchange->examine(both, 7).size, size);
    EXPECT_EQ(exchange->examine(std::string_view(both).substr(size), 8).state, State::right);
    for (std::size_t part = 0; part < size; ++part) {
      ASSERT_EQ(exchange->examine(std::string_view(both).substr(0, part), 7).state, State::incomplete);
    }
  }
}

TEST(EchoExchange, EveryByteThatDiffersIsNoticed) {
  const auto exchange = make_exchange(echo_plan(64), "");
  const std::string message(exchange->requests(7, 1));
  for (std::size_t at = 0; at < message.size(); ++at) {
    std::string changed = message;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const Answer answer = exchange->examine(changed, 7);
    EXPECT_EQ(answer.state, State::malformed) << at;
    EXPECT_EQ(answer.error, ErrorKind::wrong_body);
    EXPECT_THAT(exchange->explain(), HasSubstr(at < 8 ? "and not of 7" : "differs from byte " + std::to_string(at)));
  }
}

TEST(EchoExchange, TheEchoOfAnotherMessageIsWrong) {
  const auto exchange = make_exchange(echo_plan(64), "");
  const std::string message(exchange->requests(7, 1));
  EXPECT_EQ(exchange->examine(message, 8).state, State::malformed);
  EXPECT_THAT(exchange->explain(), HasSubstr("the echo of message 7 and not of 8"));
}

TEST(PrintableExcerpt, IsShortAndPrintable) {
  EXPECT_EQ(printable_excerpt("a\r\n\"\x7f", 80), "\"a\\r\\n\\x22\\x7f\"");
  EXPECT_EQ(printable_excerpt("abcdef", 3), "\"abc\"...");
}

}  // namespace
}  // namespace gauntlet
