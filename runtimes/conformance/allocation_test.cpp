// A warm runtime serves without touching the heap.
#include <fcntl.h>

#include <array>
#include <atomic>
#include <span>

#include "runtimes/conformance/support.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/task/blocking.hpp"
#include "runtimes/task/file.hpp"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

// operator new ends here too, and so do the frames of coroutines.
#if !defined(GAUNTLET_TEST_ASAN) && !defined(GAUNTLET_TEST_TSAN)
extern "C" void* __libc_malloc(std::size_t bytes);
extern "C" void* malloc(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}
#endif

namespace gauntlet::conformance {
namespace {

class Allocation : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Allocation);

constexpr std::uint64_t requests = 2000;

Task<void> ping(Socket& socket, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    must(co_await socket.send("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    std::size_t received = 0;
    while (received < 64) {
      const Buffer buffer = must(co_await socket.receive());
      received += buffer.size();
    }
  }
}

Task<std::uint64_t> allocations_of_warm_echo() {
  Pair pair = co_await connected_pair();
  JoinHandle<void> server = spawn(echo(pair.far));
  co_await ping(pair.near, requests);
  const std::uint64_t before = allocations.load();
  co_await ping(pair.near, requests);
  const std::uint64_t during = allocations.load() - before;
  must(co_await pair.near.shutdown());
  EXPECT_TRUE((co_await server).has_value());
  co_return during;
}

TEST_P(Allocation, IsNotNeededByAWarmEcho) {
  if (sanitized) GTEST_SKIP() << "sanitizers replace malloc";
  EXPECT_EQ(complete(allocations_of_warm_echo()), 0u);
}

Task<void> do_nothing() { co_return; }

Task<std::uint64_t> allocations_of_warm_tasks() {
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < 2 * requests; ++i) {
    if (i == requests) before = allocations.load();
    JoinHandle<void> task = spawn(do_nothing());
    (void)co_await task;
    co_await sleep_for(std::chrono::nanoseconds(1));
    co_await yield();
  }
  co_return allocations.load() - before;
}

TEST_P(Allocation, IsNotNeededByWarmSpawnJoinTimerAndYield) {
  if (sanitized) GTEST_SKIP() << "sanitizers replace malloc";
  EXPECT_EQ(complete(allocations_of_warm_tasks()), 0u);
}

Task<std::uint64_t> allocations_of_warm_blocking_calls() {
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    if (i == 200) before = allocations.load();
    const auto number = [i] { return i; };
    EXPECT_EQ(co_await run_blocking(number), i);
  }
  co_return allocations.load() - before;
}

TEST_P(Allocation, IsNotNeededByABlockingCallOnceItsThreadIsThere) {
  GAUNTLET_NEEDS(Feature::blocking_calls);
  if (sanitized) GTEST_SKIP() << "sanitizers replace malloc";
  RuntimeConfig config;
  config.blocking_threads = 1;
  remake(config);
  EXPECT_EQ(complete(allocations_of_warm_blocking_calls()), 0u);
}

Task<std::uint64_t> allocations_of_warm_file_calls(std::string path) {
  File file = must(co_await open_file(path.c_str(), O_RDWR));
  std::array<std::byte, 512> memory{};
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    if (i == 200) before = allocations.load();
    EXPECT_EQ(must(co_await file.write_at(512, std::as_bytes(std::span(memory)))), 512u);
    EXPECT_EQ(must(co_await file.read_at(512, memory)), 512u);
  }
  co_return allocations.load() - before;
}

TEST_P(Allocation, IsNotNeededToReadAndWriteAnOpenFile) {
  GAUNTLET_NEEDS(Feature::files);
  if (sanitized) GTEST_SKIP() << "sanitizers replace malloc";
  RuntimeConfig config;
  config.blocking_threads = 1;
  remake(config);
  const ScratchFolder folder;
  EXPECT_EQ(complete(allocations_of_warm_file_calls(folder.write("data", "there"))), 0u);
}

Task<void> serve_one(Pair& pair) {
  must(co_await pair.near.send("x"));
  EXPECT_EQ(must(co_await pair.far.receive()).size(), 1u);
}

TEST_P(Allocation, CounterSeesAnAllocation) {
  if (sanitized) GTEST_SKIP() << "sanitizers replace malloc";
  const std::uint64_t before = allocations.load();
  Pair pair = complete(connected_pair());
  complete(serve_one(pair));
  post(runtime(), [held = std::make_unique<Pair>(std::move(pair))] {});
  EXPECT_GT(allocations.load(), before) << "what is posted has a record: a counter that stays at zero counts nothing";
  runtime().poll_once();
}

}  // namespace
}  // namespace gauntlet::conformance
