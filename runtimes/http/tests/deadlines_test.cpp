#include "runtimes/http/deadlines.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/http/current_task.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::http {
namespace {

using namespace std::chrono_literals;

/// A runtime that the test itself drives, on one thread.
class DeadlinesTest : public testing::Test {
 protected:
  /// A task that does `first` with its watch and sleeps for ever.
  JoinHandle<void> start(std::function<void(Watch&)> first) {
    return spawn(*runtime_, sleep_watched(deadlines_, std::move(first)));
  }
  /// Until nothing is left to do but to wait. Gives what for.
  std::optional<std::chrono::steady_clock::time_point> turn() {
    Turn turn;
    do turn = runtime_->poll_once();
    while (turn.ran_anything);
    return turn.next_deadline;
  }
  void turn_until(const std::function<bool()>& reached) {
    while (!reached()) {
      turn();
      std::this_thread::sleep_for(1ms);
    }
  }

  std::unique_ptr<Runtime> runtime_ = make_runtime(RuntimeConfig{}).value();
  std::shared_ptr<Deadlines> deadlines_ = std::make_shared<Deadlines>(std::uint16_t{0});
  Wait expired_ = Wait::nothing;

 private:
  struct Report {
    Report(Watch& of, Wait& expired) noexcept : watch(&of), to(&expired) {}
    ~Report() { *to = watch->expired(); }
    Watch* watch;
    Wait* to;
  };

  Task<void> sleep_watched(std::shared_ptr<Deadlines> deadlines, std::function<void(Watch&)> first) {
    TaskCore& task = co_await CurrentTask();
    Watch watch(std::move(deadlines), task);
    const Report report(watch, expired_);
    first(watch);
    JoinHandle<void> nobody_ends_it = spawn(sleep_long());
    co_await nobody_ends_it;
  }
  static Task<void> sleep_long() { co_await sleep_for(24h); }
};

constexpr auto long_time = 1h;

TEST_F(DeadlinesTest, DropATaskWhoseWaitIsTooLong) {
  const JoinHandle<void> task = start([](Watch& watch) { EXPECT_TRUE(watch.begin(Wait::head, deadline_after(1ms))); });
  turn_until([&task] { return task.finished(); });
  EXPECT_EQ(task.state(), TaskState::cancelled);
  EXPECT_EQ(expired_, Wait::head);
}

TEST_F(DeadlinesTest, LetATaskGoOnWhoseWaitHasEnded) {
  const JoinHandle<void> works = start([](Watch& watch) {
    EXPECT_TRUE(watch.begin(Wait::head, deadline_after(1ms)));
    EXPECT_TRUE(watch.end());
  });
  const JoinHandle<void> waits_again = start([](Watch& watch) {
    EXPECT_TRUE(watch.begin(Wait::head, deadline_after(1ms)));
    EXPECT_TRUE(watch.begin(Wait::request, deadline_after(long_time)));
  });
  const JoinHandle<void> late = start([](Watch& watch) { EXPECT_TRUE(watch.begin(Wait::body, deadline_after(3ms))); });
  turn_until([&late] { return late.finished(); });
  EXPECT_EQ(works.state(), TaskState::waiting);
  EXPECT_EQ(waits_again.state(), TaskState::waiting);
}

TEST_F(DeadlinesTest, NoticeAWaitThatIsShorterThanThoseBefore) {
  const JoinHandle<void> patient =
      start([](Watch& watch) { EXPECT_TRUE(watch.begin(Wait::request, deadline_after(long_time))); });
  turn();
  const JoinHandle<void> hasty = start([](Watch& watch) {
    EXPECT_TRUE(watch.begin(Wait::request, deadline_after(long_time)));
    EXPECT_TRUE(watch.begin(Wait::linger, deadline_after(1ms)));
  });
  turn_until([&hasty] { return hasty.finished(); });
  EXPECT_EQ(patient.state(), TaskState::waiting);
}

TEST_F(DeadlinesTest, WatchAgainAfterALongWork) {
  Watch* watched = nullptr;
  const JoinHandle<void> task = start([&watched](Watch& watch) {
    watched = &watch;
    EXPECT_TRUE(watch.begin(Wait::request, deadline_after(1ms)));
    EXPECT_TRUE(watch.end());
  });
  const JoinHandle<void> late = start([](Watch& watch) { EXPECT_TRUE(watch.begin(Wait::body, deadline_after(3ms))); });
  turn_until([&late] { return late.finished(); });
  const JoinHandle<void> resumes = spawn(*runtime_, [](Watch*& again) -> Task<void> {
    EXPECT_TRUE(again->begin(Wait::request, deadline_after(1ms)));
    co_return;
  }(watched));
  turn_until([&task] { return task.finished(); });
  EXPECT_EQ(expired_, Wait::request);
}

TEST_F(DeadlinesTest, AreNoReasonToWakeUpOnceNothingIsWatched) {
  EXPECT_FALSE(turn().has_value());
  bool watching = false;
  const JoinHandle<void> task = spawn(*runtime_, [](std::shared_ptr<Deadlines> deadlines, bool& seen) -> Task<void> {
    TaskCore& self = co_await CurrentTask();
    {
      Watch watch(std::move(deadlines), self);
      watch.begin(Wait::request, deadline_after(long_time));
      for (int i = 0; i < 3; ++i) co_await yield();
      seen = true;
    }
  }(deadlines_, watching));
  EXPECT_FALSE(turn().has_value());
  EXPECT_TRUE(watching);
  const JoinHandle<void> unlimited =
      start([](Watch& watch) { EXPECT_TRUE(watch.begin(Wait::request, deadline_after(0ms))); });
  const auto due = turn();
  ASSERT_TRUE(due.has_value());
  EXPECT_GT(*due, std::chrono::steady_clock::now() + 2 * long_time) << "the test's own sleep";
}

}  // namespace
}  // namespace gauntlet::http
