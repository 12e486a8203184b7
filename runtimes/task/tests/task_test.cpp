// Task<T>: results, exceptions and depth.
#include "runtimes/task/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

class Tasks : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_runtime(RuntimeConfig{});
    if (!made.has_value()) GTEST_SKIP() << made.error().reason;
    runtime = std::move(*made);
  }
  std::unique_ptr<Runtime> runtime;
};

Task<int> seven() { co_return 7; }
Task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }
Task<void> raise(bool& flag) {
  flag = true;
  co_return;
}
Task<std::string> text(const char* literal) { co_return literal; }

Task<int> await_all_kinds() {
  bool flag = false;
  const int value = co_await seven();
  const std::unique_ptr<int> box = co_await boxed(value + 1);
  co_await raise(flag);
  const std::string converted = co_await text("abc");
  co_return flag&& converted == "abc" ? *box : -1;
}

TEST_F(Tasks, YieldValuesMoveOnlyValuesAndNothing) { EXPECT_EQ(block_on(*runtime, await_all_kinds()), 8); }

Task<void> note_start(bool& started) {
  started = true;
  co_return;
}

TEST_F(Tasks, AreLazy) {
  bool started = false;
  {
    const Task<void> never = note_start(started);
    EXPECT_TRUE(static_cast<bool>(never));
  }
  EXPECT_FALSE(started);
}

TEST_F(Tasks, AreMovedAndEmptyAfterwards) {
  Task<int> first = seven();
  Task<int> second = std::move(first);
  EXPECT_FALSE(static_cast<bool>(first));
  first = std::move(second);
  EXPECT_FALSE(static_cast<bool>(second));
  EXPECT_EQ(block_on(*runtime, std::move(first)), 7);
}

Task<int> fail_at(int depth) {
  if (depth == 0) throw std::runtime_error("from the bottom");
  if (depth % 2 == 0) co_await yield();
  co_return co_await fail_at(depth - 1) + 1;
}

Task<bool> catch_from_below() {
  try {
    co_await fail_at(10);
  } catch (const std::runtime_error& error) {
    co_return error.what() == std::string("from the bottom");
  }
  co_return false;
}

TEST_F(Tasks, ThrowThroughNestedAwaits) { EXPECT_TRUE(block_on(*runtime, catch_from_below())); }

TEST_F(Tasks, BlockOnRethrows) {
  EXPECT_THROW(block_on(*runtime, fail_at(3)), std::runtime_error);
  EXPECT_EQ(block_on(*runtime, seven()), 7) << "the runtime lives on";
}

Task<int> nest(int depth) {
  if (depth == 0) co_return 0;
  co_return co_await nest(depth - 1) + 1;
}

TEST_F(Tasks, NestDeeply) { EXPECT_EQ(block_on(*runtime, nest(1000)), 1000); }

// Only a tail call keeps the stack flat: clang makes one always, g++ 12 when it optimises and no sanitizer forbids it.
#if defined(__clang__) || (defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__))
Task<int> one() { co_return 1; }

Task<long> sum_ready(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await one();
  co_return sum;
}

TEST_F(Tasks, AwaitAMillionReadyTasksWithoutGrowingTheStack) {
  EXPECT_EQ(block_on(*runtime, sum_ready(1'000'000)), 1'000'000);
}
#endif

struct Counted {
  explicit Counted(int& alive_now) : alive(&alive_now) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive; }
  int* alive;
};

Task<Counted> make_counted(int& alive) { co_return Counted(alive); }
Task<void> hold_parameter(Counted, int& alive, int& seen) {
  seen = alive;
  co_return;
}

Task<void> count_results(int& alive) {
  { const Counted result = co_await make_counted(alive); }
  EXPECT_EQ(alive, 0);
  {
    JoinHandle<Counted> untaken = spawn(make_counted(alive));
    while (!untaken.finished()) co_await yield();
    EXPECT_EQ(alive, 1) << "the result waits for the handle";
  }
  EXPECT_EQ(alive, 0) << "and ends with it";
  int seen = 0;
  JoinHandle<void> handle = spawn(hold_parameter(Counted(alive), alive, seen));
  while (!handle.finished()) co_await yield();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(alive, 0) << "parameters end with the task, not with the handle";
}

TEST_F(Tasks, DestroyResultsAndParametersExactlyOnce) {
  int alive = 0;
  block_on(*runtime, count_results(alive));
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace gauntlet
