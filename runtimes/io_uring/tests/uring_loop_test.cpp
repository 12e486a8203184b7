#include "runtimes/io_uring/uring_loop.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "runtimes/io_uring/io_uring.hpp"
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

class UringLoopTest : public testing::Test {
 protected:
  void SetUp() override { remake({}); }

  void remake(const RuntimeConfig& config) {
    runtime.reset();
    auto made = make_io_uring(config);
    if (!made) GTEST_SKIP() << made.error().reason;
    runtime = std::move(*made);
  }

  std::unique_ptr<Runtime> runtime;
};

Task<std::string> read_bytes(Socket& socket, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) break;
    all += buffer.text();
  }
  co_return all;
}

Task<void> echo(Socket& socket) {
  while (true) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) co_return;
    must(co_await socket.send(buffer.text()));
  }
}

Task<void> ping(Socket& socket, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    must(co_await socket.send("ping"));
    EXPECT_EQ(co_await read_bytes(socket, 4), "ping");
  }
  must(co_await socket.shutdown());
}

struct Difference {
  RuntimeMetrics before;
  RuntimeMetrics after;
};

Task<Difference> ping_on_many(Runtime& runtime, int connections, int rounds) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<JoinHandle<void>> tasks;
  for (int i = 0; i < connections; ++i) {
    pairs.push_back(std::make_unique<Pair>(co_await connected_pair(listener)));
    tasks.push_back(spawn(echo(pairs.back()->far)));
  }
  Difference metrics;
  metrics.before = runtime.metrics();
  for (auto& pair : pairs) tasks.push_back(spawn(ping(pair->near, rounds)));
  for (JoinHandle<void>& task : tasks) EXPECT_TRUE((co_await task).has_value());
  metrics.after = runtime.metrics();
  co_return metrics;
}

TEST_F(UringLoopTest, OneAcceptRequestServesManyConnections) {
  block_on(*runtime, ping_on_many(*runtime, 100, 1));
  EXPECT_EQ(runtime->metrics().accepts, 100u);
  EXPECT_LE(runtime->metrics().accept_rearms, 2u);
}

TEST_F(UringLoopTest, OneReceiveRequestServesManyReceives) {
  block_on(*runtime, ping_on_many(*runtime, 4, 200));
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_GE(metrics.buffers_lent, 2u * 4 * 200);
  EXPECT_EQ(metrics.buffers_heap_lent, 0u);
  EXPECT_LE(metrics.receive_rearms, 2u * 4);
}

TEST_F(UringLoopTest, ATurnEntersTheKernelAtMostOnceForAllConnections) {
  const Difference metrics = block_on(*runtime, ping_on_many(*runtime, 32, 100));
  const std::uint64_t enters = metrics.after.system_calls - metrics.before.system_calls;
  const std::uint64_t shutdowns = 32;
  EXPECT_LE(enters - shutdowns, metrics.after.turns - metrics.before.turns);
  // Each round is two sends and two receives on each connection.
  EXPECT_LT(enters, 4u * 32 * 100 / 8) << "requests of different connections share an enter";
}

Task<void> count_yields(int count) {
  for (int i = 0; i < count; ++i) co_await yield();
}

Task<std::uint64_t> calls_of_yields(Runtime& runtime) {
  co_await count_yields(10);
  const std::uint64_t before = runtime.metrics().system_calls;
  co_await count_yields(1000);
  co_return runtime.metrics().system_calls - before;
}

TEST_F(UringLoopTest, ATurnWithNothingForTheKernelDoesNotEnterIt) {
  EXPECT_LE(block_on(*runtime, calls_of_yields(*runtime)), 1u);
}

Task<void> send_text(Socket& socket, std::string text) { must(co_await socket.send(text)); }

Task<void> flood_and_read(int connections, std::string text) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<JoinHandle<void>> senders;
  std::vector<std::string> received;
  for (int i = 0; i < connections; ++i) {
    pairs.push_back(std::make_unique<Pair>(co_await connected_pair(listener)));
    senders.push_back(spawn(send_text(pairs.back()->far, text)));
  }
  for (auto& pair : pairs) received.push_back(co_await read_bytes(pair->near, 1));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    received[i] += co_await read_bytes(pairs[i]->near, text.size() - received[i].size());
    EXPECT_TRUE(received[i] == text);
  }
  for (JoinHandle<void>& sender : senders) EXPECT_TRUE((co_await sender).has_value());
}

TEST_F(UringLoopTest, GoesOnAfterItsBuffersWereExhausted) {
  RuntimeConfig config;
  config.buffers_per_worker = 2;
  config.buffer_bytes = 512;
  remake(config);
  std::string text(200'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i / 7 % 26);
  block_on(*runtime, flood_and_read(8, text));
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_GT(metrics.buffers_heap_lent, 0u);
  EXPECT_GT(metrics.receive_rearms, 16u) << "two buffers were enough: nothing was exhausted";
}

Task<void> receive_own(Socket& socket, std::string& received) {
  std::array<std::byte, 16> memory;
  const std::size_t got = must(co_await socket.receive_into(memory));
  received.assign(reinterpret_cast<const char*>(memory.data()), got);
}

Task<void> accept_one(Listener& listener, bool& accepted) { accepted = must(co_await listener.accept()).is_open(); }

/// One operation of each kind in flight.
struct Scene {
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Pair> lent, own, full;
  JoinHandle<std::string> receiver;
  JoinHandle<void> own_receiver, sender, acceptor;
  std::string own_received;
  bool accepted = false;
};

constexpr std::size_t large = std::size_t{24} << 20;

Task<void> begin(Scene& scene) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  scene.lent = std::make_unique<Pair>(co_await connected_pair(listener));
  scene.own = std::make_unique<Pair>(co_await connected_pair(listener));
  scene.full = std::make_unique<Pair>(co_await connected_pair(listener));
  scene.listener = std::make_unique<Listener>(std::move(listener));
  scene.receiver = spawn(read_bytes(scene.lent->near, 4));
  scene.own_receiver = spawn(receive_own(scene.own->near, scene.own_received));
  scene.sender = spawn(send_text(scene.full->near, std::string(large, 'x')));
  scene.acceptor = spawn(accept_one(*scene.listener, scene.accepted));
  co_await sleep_for(5ms);
}

Task<void> end(Scene& scene) {
  must(co_await scene.lent->far.send("lent"));
  must(co_await scene.own->far.send("own"));
  const Socket peer = must(co_await connect(must(scene.listener->local_endpoint())));
  EXPECT_EQ((co_await read_bytes(scene.full->far, large)), std::string(large, 'x'));
  EXPECT_EQ((co_await scene.receiver).value_or("failed"), "lent");
  EXPECT_TRUE((co_await scene.own_receiver).has_value());
  EXPECT_EQ(scene.own_received, "own");
  EXPECT_TRUE((co_await scene.sender).has_value());
  EXPECT_TRUE((co_await scene.acceptor).has_value());
  EXPECT_TRUE(scene.accepted);
  scene.listener.reset();
  scene.lent.reset();
  scene.own.reset();
  scene.full.reset();
}

TEST_F(UringLoopTest, OperationsInFlightGoOnInTheNextRunOnAnotherThread) {
  Scene scene;
  std::thread([this, &scene] { block_on(*runtime, begin(scene)); }).join();
  EXPECT_FALSE(scene.receiver.finished());
  EXPECT_FALSE(scene.own_receiver.finished());
  EXPECT_FALSE(scene.sender.finished());
  EXPECT_FALSE(scene.acceptor.finished());
  std::thread([this, &scene] { block_on(*runtime, end(scene)); }).join();
}

Task<void> wait_forever(Pair& pair) { (void)co_await pair.near.receive(); }

Task<void> leave_waiting(std::unique_ptr<Pair>& pair) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  pair = std::make_unique<Pair>(co_await connected_pair(listener));
  co_await wait_forever(*pair);
}

Task<void> pass_time() { co_await sleep_for(5ms); }

Task<void> own_a_waiting_pair() {
  std::unique_ptr<Pair> pair;
  co_await leave_waiting(pair);
}

TEST_F(UringLoopTest, IsDestroyedByAnotherThreadThanTheOneThatRanIt) {
  JoinHandle<void> waiting = spawn(*runtime, own_a_waiting_pair());
  std::thread([this] { block_on(*runtime, pass_time()); }).join();
  EXPECT_EQ(waiting.state(), TaskState::waiting);
  runtime.reset();
  EXPECT_EQ(waiting.state(), TaskState::cancelled);
}

TEST_F(UringLoopTest, SaysHowItsRingIsSetUp) {
  bool found = false;
  for (const Setting& setting : runtime->effective_config()) found |= setting.name == "ring" && !setting.value.empty();
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace gauntlet
