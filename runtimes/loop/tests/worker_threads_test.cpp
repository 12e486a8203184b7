#include "runtimes/loop/worker_threads.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace gauntlet {
namespace {

TEST(WorkerThreads, DrivesEachOnceAndTheFirstOnTheCallersThread) {
  std::array<std::thread::id, 4> threads;
  run_on_threads(
      threads.size(), [] {}, [&threads](std::size_t i) { threads[i] = std::this_thread::get_id(); });
  EXPECT_EQ(threads[0], std::this_thread::get_id());
  for (std::size_t i = 0; i < threads.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(threads[i], threads[k]);
  }
}

TEST(WorkerThreads, DrivesNoneBeforeAllAreThere) {
  std::atomic<bool> all_there{false};
  std::atomic<int> early{0};
  const auto drive = [&](std::size_t) { early += all_there ? 0 : 1; };
  run_on_threads(
      8, [&all_there] { all_there = true; }, drive);
  EXPECT_EQ(early, 0);
}

TEST(WorkerThreads, NeedsNoOtherThreadForOne) {
  int driven = 0;
  run_on_threads(
      1, [] {}, [&driven](std::size_t) { ++driven; });
  EXPECT_EQ(driven, 1);
}

}  // namespace
}  // namespace gauntlet
