// An exception in a task reaches its handle, and nothing else.
#include <stdexcept>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class TaskFailures : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(TaskFailures);

Task<int> fail_now() {
  throw std::runtime_error("at once");
  co_return 1;
}

Task<int> fail_later(int& destroyed) {
  const Guard guard(destroyed);
  co_await sleep_for(microseconds(100));
  throw std::runtime_error("later");
}

Task<int> fail_inside(int& destroyed) {
  const Guard guard(destroyed);
  co_return co_await fail_later(destroyed);
}

Task<void> join_failures(int& destroyed) {
  JoinHandle<int> now = spawn(fail_now());
  JoinHandle<int> nested = spawn(fail_inside(destroyed));
  const TaskResult<int> first = co_await now;
  const TaskResult<int> second = co_await nested;
  EXPECT_FALSE(first.has_value());
  EXPECT_FALSE(second.has_value());
  EXPECT_FALSE(first.error().cancelled());
  EXPECT_EQ(first.error().code(), make_error_code(Errc::task_failed));
  EXPECT_EQ(first.error().what(), "at once");
  EXPECT_EQ(second.error().what(), "later");
  EXPECT_THROW(std::rethrow_exception(second.error().exception()), std::runtime_error);
}

TEST_P(TaskFailures, ReachTheHandle) {
  int destroyed = 0;
  complete(join_failures(destroyed));
  EXPECT_EQ(destroyed, 2);
  EXPECT_EQ(runtime().metrics().tasks_failed, 2u);
}

Task<void> fail_beside_others(int count) {
  Pair pair = co_await connected_pair();
  JoinHandle<void> server = spawn(echo(pair.far));
  for (int i = 0; i < count; ++i) spawn(fail_now()).detach();
  must(co_await pair.near.send("alive"));
  EXPECT_EQ(co_await read_bytes(pair.near, 5), "alive");
  must(co_await pair.near.shutdown());
  EXPECT_TRUE((co_await server).has_value());
}

TEST_P(TaskFailures, LeaveTheRuntimeAndItsOtherTasksAlone) {
  const int count = tasks(100);
  complete(fail_beside_others(count));
  EXPECT_EQ(runtime().metrics().tasks_failed, static_cast<std::uint64_t>(count));
}

TEST_P(TaskFailures, LeaveBlockOnAsTheExceptionThatWasThrown) {
  try {
    complete(fail_now());
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "at once");
  }
}

}  // namespace
}  // namespace gauntlet::conformance
