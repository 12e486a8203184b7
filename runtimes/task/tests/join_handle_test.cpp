#include "runtimes/task/join_handle.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <string>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

class JoinHandles : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_runtime(RuntimeConfig{});
    if (!made.has_value()) GTEST_SKIP() << made.error().reason;
    runtime = std::move(*made);
  }
  std::unique_ptr<Runtime> runtime;
};

Task<int> number(int value) { co_return value; }
Task<int> slow_number(int value) {
  co_await sleep_for(std::chrono::milliseconds(2));
  co_return value;
}
Task<int> fail(bool with_a_std_exception) {
  if (with_a_std_exception) throw std::runtime_error("why");
  throw 42;
  co_return 0;
}
Task<void> set(bool& flag) {
  co_await yield();
  flag = true;
}

Task<void> follow_states() {
  JoinHandle<int> handle = spawn(slow_number(3));
  EXPECT_EQ(handle.state(), TaskState::ready);
  EXPECT_FALSE(handle.finished());
  co_await yield();
  EXPECT_EQ(handle.state(), TaskState::waiting);
  while (!handle.finished()) co_await sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(handle.state(), TaskState::done);
  EXPECT_EQ(handle.take().value(), 3);
  EXPECT_FALSE(handle.valid());
}

TEST_F(JoinHandles, TellTheStateOfTheTask) { block_on(*runtime, follow_states()); }

Task<TaskState> state_of_myself(JoinHandle<TaskState>& me) { co_return me.state(); }
Task<TaskState> running_state() {
  JoinHandle<TaskState> handle;
  handle = spawn(state_of_myself(handle));
  while (!handle.finished()) co_await yield();
  co_return handle.take().value();
}

TEST_F(JoinHandles, SayRunningWhileTheTaskRuns) { EXPECT_EQ(block_on(*runtime, running_state()), TaskState::running); }

Task<void> yields_forever(const bool& stop) {
  while (!stop) co_await yield();
}
Task<void> state_of_a_yielder() {
  bool stop = false;
  JoinHandle<void> handle = spawn(yields_forever(stop));
  co_await yield();
  EXPECT_EQ(handle.state(), TaskState::ready);
  stop = true;
  EXPECT_TRUE((co_await handle).has_value());
}

TEST_F(JoinHandles, SayReadyOfATaskThatYielded) { block_on(*runtime, state_of_a_yielder()); }

Task<void> compare_ids() {
  std::set<std::uint64_t> ids;
  std::vector<JoinHandle<int>> handles;
  for (int i = 0; i < 10'000; ++i) {
    handles.push_back(spawn(number(i)));
    ids.insert(handles.back().id());
  }
  EXPECT_EQ(ids.size(), handles.size());
  for (JoinHandle<int>& handle : handles) (void)co_await handle;
}

TEST_F(JoinHandles, HaveUniqueIds) { block_on(*runtime, compare_ids()); }

Task<void> detach_all(bool& by_call, bool& by_scope) {
  JoinHandle<void> handle = spawn(set(by_call));
  handle.detach();
  EXPECT_FALSE(handle.valid());
  handle.detach();
  { const JoinHandle<void> dropped = spawn(set(by_scope)); }
  while (!by_call || !by_scope) co_await yield();
}

TEST_F(JoinHandles, LetADetachedTaskRunOn) {
  bool by_call = false;
  bool by_scope = false;
  block_on(*runtime, detach_all(by_call, by_scope));
}

Task<void> replace_a_handle(bool& first) {
  JoinHandle<void> handle = spawn(set(first));
  bool second = false;
  handle = spawn(set(second));
  EXPECT_TRUE((co_await handle).has_value());
  EXPECT_TRUE(second);
  EXPECT_FALSE(handle.valid());
}

TEST_F(JoinHandles, DetachTheirTaskWhenAnotherIsAssigned) {
  bool first = false;
  block_on(*runtime, replace_a_handle(first));
  EXPECT_TRUE(first);
}

Task<void> join_early_and_late() {
  JoinHandle<int> early = spawn(slow_number(1));
  EXPECT_EQ((co_await early).value(), 1);
  JoinHandle<int> late = spawn(number(2));
  while (!late.finished()) co_await yield();
  EXPECT_EQ((co_await late).value(), 2);
}

TEST_F(JoinHandles, JoinBeforeAndAfterTheEnd) { block_on(*runtime, join_early_and_late()); }

Task<void> note(std::string& order, char letter) {
  order += letter;
  co_return;
}
Task<void> join_with_another_ready(std::string& order) {
  JoinHandle<void> first = spawn(note(order, 'a'));
  JoinHandle<void> second = spawn(note(order, 'b'));
  co_await first;
  order += 'j';
  co_await second;
}

TEST_F(JoinHandles, ResumeWhoWaitsBehindWhatWasReadyBefore) {
  std::string order;
  block_on(*runtime, join_with_another_ready(order));
  EXPECT_EQ(order, "abj");
}

using Held = std::shared_ptr<int>;
Task<Held> give(Held held) { co_return held; }
Task<Held> give_later(Held held) {
  co_await yield();
  co_return held;
}
Task<void> end_results(const Held& held) {
  { const JoinHandle<Held> dropped_before_the_end = spawn(give(held)); }
  {
    const JoinHandle<Held> dropped_after_it = spawn(give_later(held));
    while (!dropped_after_it.finished()) co_await yield();
    EXPECT_EQ(held.use_count(), 2) << "the parameter is gone, the result is kept";
  }
  EXPECT_EQ(held.use_count(), 1);
  JoinHandle<Held> taken = spawn(give_later(held));
  EXPECT_EQ((co_await taken).value().use_count(), 2);
  Task<Held> child = give(held);
  co_await child;
  Task<Held> never_run = give(held);
}

TEST_F(JoinHandles, EndEveryResultWhoeverComesLast) {
  const Held held = std::make_shared<int>(1);
  block_on(*runtime, end_results(held));
  EXPECT_EQ(held.use_count(), 1);
}

Task<void> describe_failures() {
  JoinHandle<int> standard = spawn(fail(true));
  JoinHandle<int> other = spawn(fail(false));
  const TaskResult<int> first = co_await standard;
  const TaskResult<int> second = co_await other;
  EXPECT_EQ(first.error().what(), "why");
  EXPECT_EQ(first.error().code(), make_error_code(Errc::task_failed));
  EXPECT_EQ(second.error().what(), "an exception that is not a std::exception");
  EXPECT_FALSE(second.error().cancelled());
}

TEST_F(JoinHandles, DescribeFailures) {
  block_on(*runtime, describe_failures());
  EXPECT_TRUE(TaskFailure::cancellation().cancelled());
  EXPECT_EQ(TaskFailure::cancellation().what(), "cancelled");
  EXPECT_EQ(TaskFailure::cancellation().code(), make_error_code(Errc::cancelled));
}

Task<void> cancel_after_the_end() {
  JoinHandle<int> handle = spawn(number(5));
  while (!handle.finished()) co_await yield();
  handle.cancel();
  EXPECT_EQ(handle.state(), TaskState::done);
  EXPECT_EQ(handle.take().value(), 5);
  handle.cancel();
}

TEST_F(JoinHandles, CancelOfAFinishedTaskChangesNothing) { block_on(*runtime, cancel_after_the_end()); }

}  // namespace
}  // namespace gauntlet
