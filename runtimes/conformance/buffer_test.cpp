// Received bytes in memory that the runtime lends.
#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Buffers : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Buffers);

Task<void> hold_buffers(std::size_t sockets, std::size_t each) {
  std::vector<Pair> pairs;
  std::vector<std::pair<std::string, Buffer>> held;
  for (std::size_t i = 0; i < sockets; ++i) pairs.push_back(co_await connected_pair());
  for (std::size_t round = 0; round < each; ++round) {
    for (std::size_t i = 0; i < sockets; ++i) {
      std::string text = std::to_string(round) + " of " + std::to_string(i);
      must(co_await pairs[i].far.send(text));
      Buffer buffer = must(co_await pairs[i].near.receive());
      held.emplace_back(std::move(text), std::move(buffer));
    }
  }
  for (const auto& [text, buffer] : held) EXPECT_EQ(buffer.text(), text);
}

TEST_P(Buffers, OfOneSocketAreHeldAtOnceAndKeepTheirBytes) {
  complete(hold_buffers(1, 40));
  EXPECT_GE(runtime().metrics().buffers_lent, 40u);
}

TEST_P(Buffers, BeyondThePoolComeFromTheHeap) {
  RuntimeConfig config;
  config.buffers_per_worker = 4;
  config.buffer_bytes = 512;
  remake(config);
  complete(hold_buffers(8, 16));
  EXPECT_GT(runtime().metrics().buffers_heap_lent, 0u);
}

TEST_P(Buffers, GivenBackAreLentAgain) {
  RuntimeConfig config;
  config.buffers_per_worker = 16;
  remake(config);
  for (int i = 0; i < 40; ++i) complete(hold_buffers(1, 4));
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_GE(metrics.buffers_lent, 160u);
  EXPECT_EQ(metrics.buffers_heap_lent, 0u);
}

Task<void> sizes_of_buffers(std::size_t bound) {
  Pair pair = co_await connected_pair();
  must(co_await pair.far.send(pattern(10'000)));
  std::size_t received = 0;
  while (received < 10'000) {
    const Buffer buffer = must(co_await pair.near.receive());
    EXPECT_LE(buffer.size(), bound);
    EXPECT_FALSE(buffer.empty());
    received += buffer.size();
  }
}

TEST_P(Buffers, AreNoLargerThanConfigured) {
  RuntimeConfig config;
  config.buffer_bytes = 512;
  remake(config);
  complete(sizes_of_buffers(512));
}

Task<void> release_early() {
  Pair pair = co_await connected_pair();
  must(co_await pair.far.send("once"));
  Buffer buffer = must(co_await pair.near.receive());
  EXPECT_EQ(buffer.text(), "once");
  buffer.release();
  buffer.release();
  EXPECT_TRUE(buffer.empty());
}

TEST_P(Buffers, MayBeGivenBackEarly) { complete(release_early()); }

Task<void> send_and_tell(Socket& socket, std::string text, bool& sent) {
  must(co_await socket.send(text));
  sent = true;
}

Task<void> chat(Pair& pair, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    must(co_await pair.near.send("ping"));
    EXPECT_EQ(co_await read_bytes(pair.far, 4), "ping");
  }
}

Task<void> slow_reader(std::size_t bytes) {
  Pair slow = co_await connected_pair();
  Pair other = co_await connected_pair();
  bool sent = false;
  const std::string text = pattern(bytes);
  JoinHandle<void> sender = spawn_here(send_and_tell(slow.far, text, sent));
  std::string received = co_await read_bytes(slow.near, 1);
  co_await chat(other, 200);
  EXPECT_FALSE(sent) << "a reader that does not read must hold its sender back";
  received += co_await read_bytes(slow.near, bytes - received.size());
  EXPECT_TRUE(received == text);
  EXPECT_TRUE((co_await sender).has_value());
}

TEST_P(Buffers, OfASlowReaderAreBoundedAndStarveNobody) {
  RuntimeConfig config;
  config.buffers_per_worker = 16;
  remake(config);
  complete(slow_reader(std::size_t{48} << 20));
}

Task<void> many_slow_readers(std::size_t count, std::size_t bytes) {
  std::vector<std::unique_ptr<Pair>> slow;
  std::vector<JoinHandle<void>> senders;
  for (std::size_t i = 0; i < count; ++i) {
    slow.push_back(std::make_unique<Pair>(co_await connected_pair()));
    senders.push_back(spawn(send_text(slow.back()->far, pattern(bytes))));
  }
  std::vector<std::string> received;
  for (auto& pair : slow) received.push_back(co_await read_bytes(pair->near, 1));
  Pair other = co_await connected_pair();
  co_await chat(other, 50);
  for (std::size_t i = 0; i < count; ++i) {
    received[i] += co_await read_bytes(slow[i]->near, bytes - received[i].size());
    EXPECT_TRUE(received[i] == pattern(bytes));
  }
  for (JoinHandle<void>& sender : senders) EXPECT_TRUE((co_await sender).has_value());
}

TEST_P(Buffers, AreEnoughWhenMoreSlowReadersThanBuffersWait) {
  RuntimeConfig config;
  config.buffers_per_worker = 8;
  config.buffer_bytes = 4096;
  remake(config);
  complete(many_slow_readers(static_cast<std::size_t>(tasks(32)), 256 * 1024));
}

}  // namespace
}  // namespace gauntlet::conformance
