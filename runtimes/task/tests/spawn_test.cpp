#include "runtimes/task/spawn.hpp"

#include <gtest/gtest.h>

#include <system_error>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

Task<int> code(int value) {
  co_await yield();
  co_return value;
}

class Spawning : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_runtime(RuntimeConfig{});
    if (!made.has_value()) GTEST_SKIP() << made.error().reason;
    runtime = std::move(*made);
  }
  std::unique_ptr<Runtime> runtime;
};

Task<void> sleep_long() { co_await sleep_for(std::chrono::hours(1)); }
Task<void> cancel_other(JoinHandle<void>& other) {
  other.cancel();
  co_return;
}
Task<int> join_cancelled(JoinHandle<void>& other) {
  const TaskResult<void> result = co_await other;
  co_return result.has_value() ? 0 : 1;
}

TEST_F(Spawning, BeforeTheRuntimeRunsQueuesTheTask) {
  JoinHandle<void> sleeper = spawn(*runtime, sleep_long());
  EXPECT_EQ(sleeper.state(), TaskState::ready);
  block_on(*runtime, cancel_other(sleeper));
  EXPECT_EQ(block_on(*runtime, join_cancelled(sleeper)), 1);
}

TEST_F(Spawning, PostRunsAFunctionOnceOnTheWorker) {
  int runs = 0;
  Worker* worker = nullptr;
  auto only_once = std::make_unique<int>(4);
  std::thread([&] {
    post(*runtime, [&runs, &worker, held = std::move(only_once)] {
      runs += *held;
      worker = this_worker();
    });
  }).join();
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(block_on(*runtime, code(1)), 1);
  EXPECT_EQ(runs, 4);
  ASSERT_NE(worker, nullptr);
}

Task<void> tick(int& ticks) {
  while (true) {
    ++ticks;
    co_await yield();
  }
}

TEST_F(Spawning, BlockOnRunsOtherTasksTooAndLeavesThemSuspended) {
  int ticks = 0;
  spawn(*runtime, tick(ticks)).detach();
  block_on(*runtime, code(0));
  EXPECT_GT(ticks, 0);
  const int after = ticks;
  block_on(*runtime, code(0));
  EXPECT_GT(ticks, after);
  runtime.reset();
}

Task<int> cancel_myself(JoinHandle<int>& me) {
  me.cancel();
  co_await sleep_for(std::chrono::hours(1));
  co_return 0;
}
Task<int> join_a_canceller() {
  JoinHandle<int> handle;
  handle = spawn(cancel_myself(handle));
  const TaskResult<int> result = co_await handle;
  if (!result.has_value()) throw std::system_error(result.error().code());
  co_return 0;
}

TEST_F(Spawning, ACancelledTaskIsAnErrorCodeToItsJoiner) {
  try {
    block_on(*runtime, join_a_canceller());
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), make_error_code(Errc::cancelled));
  }
}

}  // namespace
}  // namespace gauntlet
