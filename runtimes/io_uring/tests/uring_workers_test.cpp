// Several rings: what crosses from one to another, and what it costs.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "runtimes/io_uring/io_uring.hpp"
#include "runtimes/task/acceptor.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/tests/connected_pair.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

using fixtures::connected_pair;
using fixtures::must;
using fixtures::Pair;
using namespace std::chrono_literals;

class UringWorkers : public testing::Test {
 protected:
  void SetUp() override { remake(2, "affinity"); }

  void remake(std::uint32_t workers, const char* dispatch) {
    runtime.reset();
    RuntimeConfig config;
    config.worker_threads = workers;
    config.dispatch = dispatch;
    auto made = make_io_uring(config);
    if (!made) GTEST_SKIP() << made.error().reason;
    runtime = std::move(*made);
  }

  Setting setting(const std::string& name) const {
    for (const Setting& one : runtime->effective_config()) {
      if (one.name == name) return one;
    }
    return {};
  }
  bool has_messages() const { return setting("wake_ups").value.starts_with("messages"); }

  std::unique_ptr<Runtime> runtime;
};

Task<int> hop(int left) {
  if (left == 0) co_return 0;
  const auto other = static_cast<std::uint16_t>(1 - this_worker()->index);
  JoinHandle<int> next = spawn_on(other, hop(left - 1));
  co_return (co_await next).value() + 1;
}

TEST_F(UringWorkers, WakeOneAnotherThroughTheirRingsWithoutACallOfItsOwn) {
  if (!has_messages()) GTEST_SKIP() << setting("wake_ups").note;
  EXPECT_EQ(block_on(*runtime, hop(1'000)), 1'000);
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_GT(metrics.ring_wakeups, 100u);
  EXPECT_LE(metrics.ring_wakeups, metrics.remote_wakeups);
  // One enter a turn; beside that, a stop wakes each worker and ends its requests.
  EXPECT_LE(metrics.system_calls, metrics.turns + 8);
}

TEST_F(UringWorkers, AreWokenFromOutsideByOtherMeans) {
  std::thread outside([this] {
    for (int i = 0; i < 100; ++i) post_on(*runtime, 1, [] {});
    post_on(*runtime, 1, [this] { runtime->stop(); });
  });
  runtime->run();
  outside.join();
  EXPECT_EQ(runtime->metrics().ring_wakeups, 0u);
}

Task<void> echo(Socket socket) {
  while (true) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) co_return;
    must(co_await socket.send(buffer.text()));
  }
}

Task<void> ping(Endpoint at, int rounds) {
  Socket socket = must(co_await connect(at));
  for (int i = 0; i < rounds; ++i) {
    must(co_await socket.send("ping"));
    std::size_t got = 0;
    while (got < 4) got += must(co_await socket.receive()).size();
  }
  must(co_await socket.close());
}

Task<void> serve(int clients, int rounds) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  JoinHandle<Result<void>> server =
      spawn(accept_connections(std::move(listener), [](Socket socket) { return echo(std::move(socket)); }));
  std::vector<JoinHandle<void>> asking;
  for (int i = 0; i < clients; ++i) asking.push_back(spawn_on(static_cast<std::uint16_t>(i % 2), ping(at, rounds)));
  for (JoinHandle<void>& one : asking) (co_await one).value();
  server.cancel();
  (void)co_await server;
}

TEST_F(UringWorkers, ServeManyConnectionsWithOneAcceptRequestAndFewReceiveRequestsEach) {
  for (const char* dispatch : {"affinity", "round_robin", "least_loaded"}) {
    remake(2, dispatch);
    block_on(*runtime, serve(64, 50));
    const RuntimeMetrics metrics = runtime->metrics();
    EXPECT_EQ(metrics.accepts, 64u) << dispatch;
    EXPECT_LE(metrics.accept_rearms, 4u) << dispatch;
    EXPECT_GE(metrics.buffers_lent, 2u * 64 * 50) << dispatch;
    EXPECT_LE(metrics.receive_rearms, 2u * 64 * 2) << dispatch;
  }
}

Task<std::string> receive_from(std::unique_ptr<Pair>& pair) {
  pair = std::make_unique<Pair>(co_await connected_pair());
  const Buffer buffer = must(co_await pair->near.receive());
  co_return std::string(buffer.text());
}

Task<void> send_on(std::unique_ptr<Pair>& pair) {
  must(co_await pair->far.send("late"));
  pair->far = Socket();
}

Task<std::string> finish(JoinHandle<std::string>& receiving, std::unique_ptr<Pair>& pair) {
  JoinHandle<void> sending = spawn_on(1, send_on(pair));
  (co_await sending).value();
  co_return (co_await receiving).value();
}

Task<void> drop(std::unique_ptr<Pair>& pair) {
  pair.reset();
  co_return;
}

TEST_F(UringWorkers, OperationsOfAWorkerThatOneThreadDroveGoOnWhenItGetsItsOwn) {
  std::unique_ptr<Pair> pair;
  JoinHandle<std::string> receiving = spawn_on(*runtime, 1, receive_from(pair));
  for (int i = 0; i < 1'000 && !(pair && receiving.state() == TaskState::waiting); ++i) {
    runtime->poll_once();
    std::this_thread::sleep_for(100us);
  }
  ASSERT_TRUE(pair != nullptr);
  EXPECT_EQ(block_on(*runtime, finish(receiving, pair)), "late");
  JoinHandle<void> dropping = spawn_on(*runtime, 1, drop(pair));
  while (!dropping.finished()) runtime->poll_once();
}

TEST_F(UringWorkers, SayHowTheyAreWokenAndHowTheirRingsAreSetUp) {
  EXPECT_EQ(setting("worker_threads").value, "2");
  EXPECT_EQ(setting("dispatch").value, "affinity");
  EXPECT_FALSE(setting("ring").value.empty());
  EXPECT_EQ(setting("wake_ups").note.empty(), has_messages());
}

}  // namespace
}  // namespace gauntlet
