// What a ring can be asked for: sends without copying, a thread that polls, a table of files.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/io_uring/io_uring.hpp"
#include "runtimes/task/file.hpp"
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

class UringOptions : public testing::Test {
 protected:
  /// Skips the test where the option that is named cannot be had; the runtime says why.
  void make(const RuntimeConfig& config, const char* option) {
    auto made = make_io_uring(config);
    if (!made) GTEST_SKIP() << made.error().reason;
    runtime = std::move(*made);
    const Setting found = setting(option);
    if (found.value != "true") GTEST_SKIP() << option << ": " << found.note;
  }

  Setting setting(const std::string& name) const {
    for (const Setting& one : runtime->effective_config()) {
      if (one.name == name) return one;
    }
    return {};
  }

  std::unique_ptr<Runtime> runtime;
};

Task<std::string> read_to_the_end(Socket& socket) {
  std::string all;
  for (;;) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) co_return all;
    all += buffer.text();
  }
}

Task<void> send_and_finish(Socket& socket, const std::string& text) {
  must(co_await socket.send(text));
  must(co_await socket.shutdown());
}

Task<std::string> carry(const std::string& text) {
  Pair pair = co_await connected_pair();
  JoinHandle<void> sending = spawn(send_and_finish(pair.near, text));
  std::string received = co_await read_to_the_end(pair.far);
  (co_await sending).value();
  must(co_await pair.near.close());
  must(co_await pair.far.close());
  co_return received;
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i / 7 % 26);
  return text;
}

class ZeroCopy : public UringOptions {
 protected:
  void SetUp() override {
    RuntimeConfig config;
    config.zero_copy_io = true;
    config.zero_copy_bytes = 4096;
    make(config, "zero_copy_io");
  }
};

TEST_F(ZeroCopy, ASendIsOverWhenTheKernelHasGivenItsMemoryBack) {
  const std::string text = pattern(3'000'000);
  EXPECT_TRUE(block_on(*runtime, carry(text)) == text);
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_GE(metrics.zero_copy_notifications, 1u);
  // Over loopback the receiver's side makes a copy after all; the kernel says so, and nobody is told otherwise.
  EXPECT_EQ(metrics.bytes_copied + metrics.bytes_zero_copied, text.size());
}

TEST_F(ZeroCopy, ASmallSendIsCopied) {
  const std::string text = pattern(4095);
  EXPECT_EQ(block_on(*runtime, carry(text)), text);
  EXPECT_EQ(runtime->metrics().zero_copy_notifications, 0u);
  EXPECT_EQ(runtime->metrics().bytes_copied, text.size());
}

Task<std::string> carry_in_pieces(const std::string& text, std::size_t pieces) {
  Pair pair = co_await connected_pair();
  std::vector<iovec> gather;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t from = text.size() * i / pieces;
    gather.push_back({const_cast<char*>(text.data()) + from, text.size() * (i + 1) / pieces - from});
  }
  const auto sending = [](Socket& socket, std::span<const iovec> all) -> Task<void> {
    must(co_await socket.send(all));
    must(co_await socket.shutdown());
  };
  JoinHandle<void> sent = spawn(sending(pair.near, gather));
  std::string received = co_await read_to_the_end(pair.far);
  (co_await sent).value();
  co_return received;
}

TEST_F(ZeroCopy, PiecesAreGatheredInOrder) {
  const std::string text = pattern(500'000);
  // 1500: more than one request takes.
  for (const std::size_t pieces : {2u, 37u, 1500u}) {
    EXPECT_TRUE(block_on(*runtime, carry_in_pieces(text, pieces)) == text) << pieces;
  }
  EXPECT_GE(runtime->metrics().zero_copy_notifications, 3u);
}

struct Stuck {
  std::unique_ptr<Pair> pair;
  std::string text = pattern(16'384);
  std::error_code error;
  std::uint64_t sends = 0;
  JoinHandle<void> sender;
};

/// Until the peer, which reads nothing, has no room left.
Task<void> send_without_end(Stuck& stuck) {
  for (;;) {
    const Result<void> sent = co_await stuck.pair->near.send(stuck.text);
    if (!sent) {
      stuck.error = sent.error();
      co_return;
    }
    ++stuck.sends;
  }
}

Task<void> get_stuck(Stuck& stuck) {
  stuck.pair = std::make_unique<Pair>(co_await connected_pair());
  stuck.sender = spawn(send_without_end(stuck));
  // Several looks, between which the sender had its turn, however busy the machine is.
  for (int unchanged = 0; unchanged < 5;) {
    const std::uint64_t before = stuck.sends;
    co_await sleep_for(10ms);
    unchanged = stuck.sends == before ? unchanged + 1 : 0;
  }
}

Task<void> cancel_when_stuck(Stuck& stuck) {
  co_await get_stuck(stuck);
  stuck.sender.cancel();
  EXPECT_FALSE((co_await stuck.sender).has_value());
  // The stream has a hole.
  EXPECT_FALSE((co_await stuck.pair->near.send("x")).has_value());
  stuck.pair.reset();
}

TEST_F(ZeroCopy, ACancelledSendGetsItsMemoryBackFromAPeerThatTakesNothing) {
  Stuck stuck;
  block_on(*runtime, cancel_when_stuck(stuck));
  EXPECT_GT(stuck.sends, 0u);
  EXPECT_GE(runtime->metrics().zero_copy_notifications, stuck.sends);
}

Task<void> close_when_stuck(Stuck& stuck) {
  co_await get_stuck(stuck);
  must(co_await stuck.pair->near.close());
  EXPECT_TRUE((co_await stuck.sender).has_value());
  EXPECT_TRUE(stuck.error == std::errc::operation_canceled) << stuck.error.message();
  stuck.pair.reset();
}

TEST_F(ZeroCopy, AClosedSocketEndsASendToAPeerThatTakesNothing) {
  Stuck stuck;
  block_on(*runtime, close_when_stuck(stuck));
}

Task<void> find_it_ended(Stuck& stuck) {
  EXPECT_TRUE((co_await stuck.sender).has_value());
  EXPECT_TRUE(static_cast<bool>(stuck.error));
  stuck.pair.reset();
}

TEST_F(ZeroCopy, ARunEndsThoughAPeerTakesNothing) {
  Stuck stuck;
  std::thread([&] { block_on(*runtime, get_stuck(stuck)); }).join();
  std::thread([&] { block_on(*runtime, find_it_ended(stuck)); }).join();
}

Task<void> send_for_ever() {
  Pair pair = co_await connected_pair();
  const std::string text = pattern(16'384);
  for (;;) must(co_await pair.near.send(text));
}

Task<void> pass_a_while() { co_await sleep_for(50ms); }

TEST_F(ZeroCopy, ARuntimeIsDestroyedThoughAPeerTakesNothing) {
  JoinHandle<void> stuck = spawn(*runtime, send_for_ever());
  block_on(*runtime, pass_a_while());
  EXPECT_EQ(stuck.state(), TaskState::waiting);
  runtime.reset();
  EXPECT_EQ(stuck.state(), TaskState::cancelled);
}

TEST_F(UringOptions, APollingThreadTakesRequestsAndIsSeen) {
  RuntimeConfig config;
  config.sqpoll = true;
  make(config, "sqpoll");
  if (IsSkipped()) return;
  const std::string text = pattern(2'000'000);
  EXPECT_TRUE(block_on(*runtime, carry(text)) == text);
  // Its CPU time is that of the process, among whose threads it stands.
  EXPECT_GE(runtime->metrics().kernel_threads, 1u);
  EXPECT_TRUE(setting("ring").value.find("kernel thread") != std::string::npos);
}

TEST_F(UringOptions, RegisteredSocketsCarryAndCloseAsOthersDo) {
  RuntimeConfig config;
  config.registered_files = true;
  config.zero_copy_io = true;
  make(config, "registered_files");
  if (IsSkipped()) return;
  const std::string text = pattern(300'000);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(block_on(*runtime, carry(text)) == text);
  // On another thread it is another ring, with a table that is empty.
  std::thread([&] { EXPECT_TRUE(block_on(*runtime, carry(text)) == text); }).join();
}

Task<bool> peer_sees_the_end() {
  Pair pair = co_await connected_pair();
  must(co_await pair.near.send("x"));
  must(co_await pair.near.close());
  co_return co_await read_to_the_end(pair.far) == "x";
}

TEST_F(UringOptions, ARegisteredSocketThatIsClosedIsNotKeptOpenByTheTable) {
  RuntimeConfig config;
  config.registered_files = true;
  make(config, "registered_files");
  if (IsSkipped()) return;
  EXPECT_TRUE(block_on(*runtime, peer_sees_the_end()));
}

Task<void> sync_a_file(std::string path) {
  File file = must(co_await open_file(path.c_str(), O_CREAT | O_WRONLY));
  must(co_await file.sync());
  must(co_await file.close());
}

TEST_F(UringOptions, SocketsNeedNoKernelThreadsAndFilesMay) {
  auto made = make_io_uring({});
  if (!made) GTEST_SKIP() << made.error().reason;
  runtime = std::move(*made);
  const std::uint64_t before = runtime->metrics().kernel_threads;
  block_on(*runtime, carry(pattern(100'000)));
  EXPECT_LE(runtime->metrics().kernel_threads, before);
  const ScratchFolder folder;
  block_on(*runtime, sync_a_file((folder.path() / "file").string()));
  // The kernel keeps it for some seconds, in case there is more to do.
  EXPECT_GE(runtime->metrics().kernel_threads, 1u);
}

TEST_F(UringOptions, WhatWasNotAskedForIsSaidToBeOff) {
  auto made = make_io_uring({});
  if (!made) GTEST_SKIP() << made.error().reason;
  runtime = std::move(*made);
  for (const char* option : {"zero_copy_io", "sqpoll", "registered_files"}) EXPECT_EQ(setting(option).value, "false");
}

}  // namespace
}  // namespace gauntlet
