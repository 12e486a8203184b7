#include "harness/load/connection.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include "harness/load/tests/test_server.hpp"

namespace gauntlet {
namespace {

TEST(Connection, RequestsLeaveInTheOrderInWhichTheyCame) {
  Connection connection(5);
  std::uint64_t next_in = 1;
  std::uint64_t next_out = 1;
  for (int round = 0; round < 20; ++round) {
    while (connection.waiting() < 5) connection.push({.id = next_in++});
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(connection.front().id, next_out++);
      connection.pop();
    }
  }
}

TEST(Connection, BytesThatAreKeptStandBeforeThoseThatCome) {
  Connection connection(1);
  EXPECT_EQ(connection.append("abcd"), "abcd");
  connection.keep(std::string_view("abcd").substr(2));
  std::string_view all = connection.append("ef");
  EXPECT_EQ(all, "cdef");
  all.remove_prefix(1);
  connection.keep(all);
  EXPECT_EQ(connection.append("g"), "defg");
  connection.keep("");
  EXPECT_EQ(connection.append("h"), "h");
}

void await_event(int fd, short event) {
  pollfd watched{fd, event, 0};
  ASSERT_EQ(poll(&watched, 1, 10'000), 1);
}

TEST(Connection, WhatTheSocketCannotTakeIsSentLaterAndInOrder) {
  const TestServer server(echo_behaviour());
  const auto address = resolve_address("127.0.0.1", server.port());
  ASSERT_TRUE(address) << address.error();
  Connection connection(1);
  ASSERT_EQ(connection.begin_connect(*address), 0);
  await_event(connection.fd(), POLLOUT);
  ASSERT_EQ(connection.finish_connect(), 0);

  std::string message;
  for (int i = 0; message.size() < 16'000'000; ++i) message += std::to_string(i) + ",";
  ASSERT_EQ(connection.send(message), 0);
  EXPECT_TRUE(connection.has_unsent());
  std::string echoed;
  while (echoed.size() < message.size()) {
    await_event(connection.fd(), static_cast<short>(connection.has_unsent() ? POLLIN | POLLOUT : POLLIN));
    if (connection.has_unsent()) {
      ASSERT_EQ(connection.flush(), 0);
    }
    char chunk[65536];
    const ssize_t size = recv(connection.fd(), chunk, sizeof chunk, 0);
    if (size > 0) echoed.append(chunk, static_cast<std::size_t>(size));
  }
  EXPECT_TRUE(echoed == message);
}

TEST(Connection, ARefusalIsAnErrno) {
  std::uint16_t port = 0;
  {
    const TestServer server(echo_behaviour());
    port = server.port();
  }
  const auto address = resolve_address("127.0.0.1", port);
  Connection connection(1);
  int error = connection.begin_connect(*address);
  if (error == 0) {
    await_event(connection.fd(), POLLOUT);
    error = connection.finish_connect();
  }
  EXPECT_EQ(error, ECONNREFUSED);
}

}  // namespace
}  // namespace gauntlet
