#include "runtimes/libuv/uv_engine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <string>

#include "runtimes/libuv/libuv.hpp"
#include "runtimes/task/io.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/tests/connected_pair.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

using fixtures::connected_pair;
using fixtures::must;
using fixtures::Pair;
using namespace std::chrono_literals;

class UvEngineTest : public testing::Test {
 protected:
  std::unique_ptr<Runtime> runtime = make_libuv({}).value();
};

Task<std::size_t> read_bytes(Socket& socket, std::size_t bytes) {
  std::size_t received = 0;
  while (received < bytes) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) break;
    received += buffer.size();
  }
  co_return received;
}

Task<void> echo(Socket& socket) {
  while (true) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) co_return;
    must(co_await socket.send(buffer.text()));
  }
}

Task<void> send_text(Socket& socket, std::string text) { must(co_await socket.send(text)); }

Task<std::uint64_t> starts_of_reading_while_pinging(Runtime& runtime, int rounds) {
  Pair pair = co_await connected_pair();
  JoinHandle<void> server = spawn(echo(pair.far));
  for (int i = 0; i < rounds; ++i) {
    must(co_await pair.near.send("ping"));
    EXPECT_EQ(co_await read_bytes(pair.near, 4), 4u);
  }
  must(co_await pair.near.shutdown());
  EXPECT_TRUE((co_await server).has_value());
  co_return runtime.metrics().receive_rearms;
}

TEST_F(UvEngineTest, StartsToReadOncePerSocketHoweverManyRequestsItServes) {
  EXPECT_EQ(block_on(*runtime, starts_of_reading_while_pinging(*runtime, 1000)), 2u);
}

Task<std::uint64_t> starts_of_reading_of_a_slow_reader(Runtime& runtime, std::size_t bytes) {
  Pair pair = co_await connected_pair();
  JoinHandle<void> sender = spawn(send_text(pair.far, std::string(bytes, 's')));
  EXPECT_GT(co_await read_bytes(pair.near, 1), 0u);
  co_await sleep_for(20ms);
  EXPECT_FALSE(sender.finished()) << "nothing holds the sender back";
  const std::uint64_t before = runtime.metrics().receive_rearms;
  std::size_t received = 0;
  while (!sender.finished()) received += co_await read_bytes(pair.near, 1);
  EXPECT_GT(received, 0u);
  co_return runtime.metrics().receive_rearms - before;
}

TEST_F(UvEngineTest, StopsToReadForASlowReaderAndStartsAgain) {
  EXPECT_GT(block_on(*runtime, starts_of_reading_of_a_slow_reader(*runtime, std::size_t{32} << 20)), 0u);
}

Task<void> send_much(Socket& socket) {
  const std::string text(std::size_t{32} << 20, 'x');
  (void)co_await socket.send(text);
}

Task<void> receive_after_a_cancelled_send(bool reads_already) {
  Pair pair = co_await connected_pair();
  JoinHandle<std::size_t> reader;
  if (reads_already) reader = spawn(read_bytes(pair.near, 5));
  JoinHandle<void> sender = spawn(send_much(pair.near));
  while (sender.state() != TaskState::waiting) co_await yield();
  sender.cancel();
  EXPECT_FALSE((co_await sender).has_value());
  must(co_await pair.far.send("still"));
  if (!reads_already) reader = spawn(read_bytes(pair.near, 5));
  EXPECT_EQ((co_await reader).value(), 5u);
  EXPECT_EQ((co_await pair.near.send("x")).error(), std::errc::broken_pipe);
  EXPECT_TRUE(pair.near.remote_endpoint().has_value());
}

TEST_F(UvEngineTest, GoesOnReadingWhereASendWasCancelled) {
  block_on(*runtime, receive_after_a_cancelled_send(false));
  block_on(*runtime, receive_after_a_cancelled_send(true));
}

Task<void> close_behind_a_cancelled_send() {
  Pair pair = co_await connected_pair();
  JoinHandle<void> sender = spawn(send_much(pair.near));
  while (sender.state() != TaskState::waiting) co_await yield();
  sender.cancel();
  must(co_await pair.near.close());
  EXPECT_TRUE(sender.finished()) << "close waits for what is in flight";
}

TEST_F(UvEngineTest, CloseWaitsForACancelledSend) { block_on(*runtime, close_behind_a_cancelled_send()); }

Task<std::uint64_t> turns_of_sleeping(Runtime& runtime, int sleeps) {
  const std::uint64_t before = runtime.metrics().turns;
  for (int i = 0; i < sleeps; ++i) co_await sleep_for(300us);
  co_return runtime.metrics().turns - before;
}

TEST_F(UvEngineTest, WaitsForADeadlineBetweenTwoMillisecondsWithoutSpinning) {
  EXPECT_LE(block_on(*runtime, turns_of_sleeping(*runtime, 50)), 4u * 50u);
}

Task<std::size_t> accept_late(std::size_t count) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  std::vector<Socket> peers, accepted;
  for (std::size_t i = 0; i < count; ++i) peers.push_back(must(co_await connect(must(listener.local_endpoint()))));
  co_await sleep_for(5ms);
  while (accepted.size() < count) accepted.push_back(must(co_await listener.accept()));
  co_return accepted.size();
}

TEST_F(UvEngineTest, AcceptsAheadUpToABoundAndMissesNone) { EXPECT_EQ(block_on(*runtime, accept_late(200)), 200u); }

TEST_F(UvEngineTest, LeavesNoDefaultForBrokenPipes) {
  struct sigaction current {};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &current), 0);
  EXPECT_NE(current.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace gauntlet
