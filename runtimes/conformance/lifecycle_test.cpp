// Running, stopping, driving by hand.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <thread>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Lifecycle : public RuntimeTest {
 protected:
  int destroyed = 0;
};
GAUNTLET_FOR_EVERY_RUNTIME(Lifecycle);

Task<void> sleep_until_deadline(Clock::time_point deadline, int& destroyed) {
  const Guard guard(destroyed);
  co_await sleep_until(deadline);
}

TEST_P(Lifecycle, StopBeforeRunMakesTheNextRunReturnAtOnce) {
  runtime().stop();
  runtime().stop();
  runtime().run();
  EXPECT_FALSE(runtime().is_running());
}

TEST_P(Lifecycle, RunReturnsAfterStopAndMayBeCalledAgain) {
  int runs = 0;
  for (int i = 0; i < 3; ++i) {
    post(runtime(), [this, &runs] {
      EXPECT_TRUE(runtime().is_running());
      ++runs;
      runtime().stop();
    });
    runtime().run();
    EXPECT_EQ(runs, i + 1);
    EXPECT_FALSE(runtime().is_running());
  }
}

TEST_P(Lifecycle, StopFromAForeignThreadEndsABlockedRun) {
  for (int i = 0; i < 20; ++i) {
    std::thread stopper([this, i] {
      while (!runtime().is_running()) std::this_thread::yield();
      std::this_thread::sleep_for(microseconds(i * 50));
      runtime().stop();
    });
    runtime().run();
    stopper.join();
  }
  EXPECT_FALSE(runtime().is_running());
}

TEST_P(Lifecycle, RunLeavesTheTimerSlackOfItsThreadAsItWas) {
  constexpr unsigned long slack_ns = 123'456;
  ASSERT_EQ(prctl(PR_SET_TIMERSLACK, slack_ns), 0);
  for (int i = 0; i < 2; ++i) {
    post(runtime(), [this] { runtime().stop(); });
    runtime().run();
    EXPECT_EQ(prctl(PR_GET_TIMERSLACK), static_cast<int>(slack_ns));
  }
  prctl(PR_SET_TIMERSLACK, 0UL);  // the default
}

Task<int> stop_and_end(Runtime& runtime) {
  runtime.stop();
  co_return 3;
}

Task<int> stop_and_go_on(Runtime& runtime) {
  runtime.stop();
  co_await sleep_for(milliseconds(1));
  runtime.stop();
  co_await some_yields(3);
  co_return 4;
}

TEST_P(Lifecycle, BlockOnOutlivesAStopFromInside) {
  EXPECT_EQ(complete(stop_and_end(runtime())), 3);
  EXPECT_EQ(complete(stop_and_go_on(runtime())), 4);
  EXPECT_EQ(complete(stop_and_end(runtime())), 3);
}

Task<void> never_begins(bool& began) {
  began = true;
  co_return;
}

TEST_P(Lifecycle, AfterShutDownASpawnedTaskEndsBeforeItsFirstStepWithNotRunning) {
  bool began = false;
  runtime().shut_down();
  runtime().shut_down();
  EXPECT_TRUE(runtime().is_shut_down());
  JoinHandle<void> refused = spawn(runtime(), never_begins(began));
  EXPECT_TRUE(refused.finished());
  EXPECT_EQ(refused.state(), TaskState::failed);
  EXPECT_EQ(refused.take().error().code(), Errc::not_running);
  try {
    complete(never_begins(began));
    ADD_FAILURE() << "block_on said nothing";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), Errc::not_running);
  }
  runtime().run();
  EXPECT_FALSE(runtime().is_running());
  EXPECT_FALSE(began);
}

Task<void> spawn_after_shut_down(Runtime& runtime, bool& began, std::error_code& refusal) {
  runtime.shut_down();
  JoinHandle<void> refused = spawn(never_begins(began));
  refusal = refused.take().error().code();
  co_await sleep_for(std::chrono::hours(1));
}

TEST_P(Lifecycle, ShutDownFromATaskEndsTheRunAndRefusesWhatItSpawns) {
  bool began = false;
  std::error_code refusal;
  EXPECT_THROW(complete(spawn_after_shut_down(runtime(), began, refusal)), std::system_error);
  EXPECT_EQ(refusal, Errc::not_running);
  EXPECT_FALSE(began);
  EXPECT_FALSE(runtime().is_running());
}

TEST_P(Lifecycle, ShutDownFromAForeignThreadEndsABlockedRunAndTheDestructorDropsItsTasks) {
  JoinHandle<void> sleeper =
      spawn_on(runtime(), 0, sleep_until_deadline(Clock::now() + std::chrono::hours(1), destroyed));
  std::thread ender([this] {
    while (!runtime().is_running()) std::this_thread::yield();
    runtime().shut_down();
  });
  runtime().run();
  ender.join();
  runtime().run();
  EXPECT_EQ(destroyed, 0);
  const bool began = sleeper.state() == TaskState::waiting;
  destroy_runtime();
  EXPECT_EQ(sleeper.state(), TaskState::cancelled);
  EXPECT_EQ(destroyed, began ? 1 : 0) << "its frame is destroyed, if it had one to speak of";
}

Task<void> tick(int& ticks, std::chrono::nanoseconds pause) {
  while (true) {
    co_await sleep_for(pause);
    ++ticks;
  }
}

Task<void> see_growth(const int& ticks) { co_await at_least(ticks, ticks + 1); }

TEST_P(Lifecycle, TasksStaySuspendedBetweenRunsAndGoOnInTheNext) {
  int* ticks = new int(0);
  JoinHandle<void> ticker = spawn_on(runtime(), 0, tick(*ticks, microseconds(100)));
  complete(see_growth(*ticks));
  const int between = *ticks;
  std::this_thread::sleep_for(milliseconds(2));
  EXPECT_EQ(*ticks, between);
  complete(see_growth(*ticks));
  EXPECT_GT(*ticks, between);
  destroy_runtime();
  EXPECT_EQ(ticker.state(), TaskState::cancelled);
  delete ticks;
}

TEST_P(Lifecycle, PollOnceNeverBlocksAndTellsTheNextDeadline) {
  EXPECT_FALSE(runtime().poll_once().ran_anything);
  EXPECT_FALSE(runtime().poll_once().next_deadline.has_value());
  const Clock::time_point deadline = Clock::now() + std::chrono::hours(1);
  JoinHandle<void> sleeper = spawn_on(runtime(), 0, sleep_until_deadline(deadline, destroyed));
  Turn turn = runtime().poll_once();
  EXPECT_TRUE(turn.ran_anything);
  turn = runtime().poll_once();
  EXPECT_FALSE(turn.ran_anything);
  ASSERT_TRUE(turn.next_deadline.has_value());
  EXPECT_LE(*turn.next_deadline, deadline + milliseconds(2));
  EXPECT_GE(*turn.next_deadline, deadline - milliseconds(2));
  EXPECT_EQ(sleeper.state(), TaskState::waiting);
}

TEST_P(Lifecycle, PollOnceDrivesTasksToTheirEnd) {
  JoinHandle<void> sleeper = spawn_on(runtime(), 0, sleep_until_deadline(Clock::now() + milliseconds(2), destroyed));
  while (!sleeper.finished()) {
    const Turn turn = runtime().poll_once();
    if (turn.next_deadline) std::this_thread::sleep_until(*turn.next_deadline);
  }
  EXPECT_EQ(destroyed, 1);
  EXPECT_TRUE(sleeper.take().has_value());
}

TEST_P(Lifecycle, ARuntimeThatNeverRanIsDestroyedWithItsTasks) {
  JoinHandle<void> never = spawn_on(runtime(), 0, sleep_until_deadline(Clock::now(), destroyed));
  destroy_runtime();
  EXPECT_TRUE(never.finished());
  EXPECT_EQ(never.state(), TaskState::cancelled);
  EXPECT_TRUE(never.take().error().cancelled());
  EXPECT_EQ(destroyed, 0);
}

TEST_P(Lifecycle, AWorkerKnowsItselfOnlyInside) {
  EXPECT_EQ(this_worker(), nullptr);
  Runtime* inside = nullptr;
  post(runtime(), [&inside] { inside = this_worker()->runtime; });
  runtime().poll_once();
  EXPECT_EQ(inside, &runtime());
  EXPECT_EQ(this_worker(), nullptr);
}

#ifndef GAUNTLET_TEST_TSAN  // which lets no thread begin in a child of a process of several

void forbid_threads() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    std::fputs("no seccomp here", stderr);
    std::_Exit(EXIT_FAILURE);
  }
}

[[noreturn]] void run_without_threads(const Subject& subject) {
  RuntimeConfig config;
  config.backend = subject->name;
  config.worker_threads = subject.workers;
  const auto made = subject->make(config);
  if (!made) std::_Exit(EXIT_SUCCESS);
  Runtime& runtime = **made;
  bool ran = false;
  post_on(runtime, 0, [&runtime, &ran] {
    ran = true;
    runtime.stop();
  });
  forbid_threads();
  try {
    runtime.run();
    std::fputs(ran ? "ran" : "returned without running", stderr);
  } catch (const std::system_error&) {
    std::fputs(ran || runtime.is_running() ? "threw while running" : "threw", stderr);
  }
  std::_Exit(EXIT_FAILURE);
}

TEST_P(Lifecycle, WithoutThreadsToBeHadRunThrowsAndNothingRuns) {
  const char* expected = runtime().workers() == 1 ? "^ran$|no seccomp here" : "^threw$|no seccomp here";
  EXPECT_EXIT(run_without_threads(GetParam()), testing::ExitedWithCode(EXIT_FAILURE), expected);
}

#endif

}  // namespace
}  // namespace gauntlet::conformance
