#include "runtimes/http/response_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "runtimes/http/date_line.hpp"

namespace gauntlet::http {
namespace {

using testing::HasSubstr;

std::string without_date(std::string_view text) {
  std::string result(text);
  for (std::size_t at = 0; (at = result.find("Date: ", at)) != std::string::npos;) {
    result.erase(at, result.find("\r\n", at) + 2 - at);
  }
  return result;
}

TEST(ResponseWriter, WritesStatusHeadersAndBody) {
  ResponseWriter writer;
  Response response = Response::text(Status::created, "abc");
  response.add_header("X-Id", "7");
  writer.append(Request(), response);
  EXPECT_EQ(without_date(writer.pending()),
            "HTTP/1.1 201 Created\r\nServer: gauntlet\r\nX-Id: 7\r\nContent-Type: text/plain\r\nContent-Length: "
            "3\r\n\r\nabc");
  EXPECT_FALSE(writer.closes());
}

TEST(ResponseWriter, LeavesTheBodyOutForHeadButNotItsLength) {
  ResponseWriter writer;
  Request request;
  request.method = Method::head;
  writer.append(request, Response::text(Status::ok, "abc"));
  EXPECT_THAT(std::string(writer.pending()), HasSubstr("Content-Length: 3\r\n"));
  EXPECT_TRUE(writer.pending().ends_with("\r\n\r\n"));
}

TEST(ResponseWriter, GivesNoContentNeitherBodyNorLength) {
  ResponseWriter writer;
  writer.append(Request(), Response::text(Status::no_content, "abc"));
  EXPECT_EQ(without_date(writer.pending()), "HTTP/1.1 204 No Content\r\nServer: gauntlet\r\n\r\n");
}

TEST(ResponseWriter, TellsAClientWhetherTheConnectionGoesOn) {
  Request old;
  old.minor_version = 0;
  ResponseWriter kept;
  kept.append(old, Response());
  EXPECT_THAT(std::string(kept.pending()), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_FALSE(kept.closes());

  Request last;
  last.keep_alive = false;
  ResponseWriter closed;
  closed.append(last, Response());
  EXPECT_THAT(std::string(closed.pending()), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(closed.closes());

  Response end;
  end.close = true;
  ResponseWriter ended;
  ended.append(Request(), end);
  EXPECT_TRUE(ended.closes());
}

TEST(ResponseWriter, CollectsSeveralAnswers) {
  ResponseWriter writer;
  writer.append_continue();
  writer.append(Request(), Response());
  writer.append_refusal(Status::bad_request);
  EXPECT_EQ(without_date(writer.pending()),
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: gauntlet\r\nContent-Length: 0\r\n\r\n"
            "HTTP/1.1 400 Bad Request\r\nServer: gauntlet\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(writer.closes());
  writer.clear();
  EXPECT_EQ(writer.pending(), "");
}

TEST(ResponseWriter, WritesEachAnswerAnewWhereItDiffersFromTheOneBefore) {
  const auto answer = [](const Request& request, const Response& response) {
    ResponseWriter writer;
    writer.append(request, response);
    return without_date(writer.pending());
  };
  const auto expected = [](std::string_view status, std::string_view rest) {
    return std::string("HTTP/1.1 ").append(status).append("\r\nServer: gauntlet\r\n").append(rest);
  };
  Request last;
  last.keep_alive = false;
  Request head;
  head.method = Method::head;
  const std::string text = "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\n";
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(answer(Request(), Response::text(Status::ok, "abc")), expected("200 OK", text + "abc"));
    EXPECT_EQ(answer(Request(), Response::text(Status::ok, "xyz")), expected("200 OK", text + "xyz"));
    EXPECT_EQ(answer(head, Response::text(Status::ok, "xyz")), expected("200 OK", text));
    EXPECT_EQ(answer(last, Response::text(Status::ok, "xyz")),
              expected("200 OK", "Connection: close\r\n" + text + "xyz"));
    EXPECT_EQ(answer(Request(), Response::text(Status::created, "xyz")), expected("201 Created", text + "xyz"));
    EXPECT_EQ(answer(Request(), Response(Status::created, "text/x-lain", "xyz")),
              expected("201 Created", "Content-Type: text/x-lain\r\nContent-Length: 3\r\n\r\nxyz"));
    EXPECT_EQ(answer(Request(), Response(Status::created, "text/x-lain", "wxyz")),
              expected("201 Created", "Content-Type: text/x-lain\r\nContent-Length: 4\r\n\r\nwxyz"));
    const std::string type(300, 'x');
    EXPECT_EQ(answer(Request(), Response(Status::ok, type, "xyz")),
              expected("200 OK", "Content-Type: " + type + "\r\nContent-Length: 3\r\n\r\nxyz"));
  }
}

TEST(DateLine, ChangesWithTheSecond) {
  EXPECT_EQ(date_line(784'111'777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  EXPECT_EQ(date_line(784'111'778), "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
}

TEST(DateLine, IsTheTimeOfNowInTheFormOfHttp) {
  const auto expected = [](std::time_t now) {
    char text[64];
    std::tm parts{};
    gmtime_r(&now, &parts);
    const std::size_t size = std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    return std::string(text, size);
  };
  // The coarse clock may lie one tick behind, across the edge of a second.
  const std::time_t before = std::time(nullptr) - 1;
  const std::string line(date_line(current_second()));
  const std::time_t after = std::time(nullptr);
  bool found = false;
  for (std::time_t second = before; second <= after; ++second) found = found || line == expected(second);
  EXPECT_TRUE(found) << line;
}

}  // namespace
}  // namespace gauntlet::http
