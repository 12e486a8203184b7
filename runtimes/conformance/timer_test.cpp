#include <algorithm>
#include <random>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Timers : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Timers);

Task<void> sleep_and_compare(Clock::time_point deadline, int& early, int& woken) {
  co_await sleep_until(deadline);
  if (Clock::now() < deadline) ++early;
  ++woken;
}

Task<void> many_sleepers(int count, int& early, int& woken) {
  std::mt19937 random(1);
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < count; ++i) {
    spawn_here(sleep_and_compare(start + microseconds(random() % 60'000), early, woken)).detach();
  }
  co_await at_least(woken, count);
}

TEST_P(Timers, NeverFireEarly) {
  int early = 0;
  int woken = 0;
  complete(many_sleepers(tasks(200), early, woken));
  EXPECT_EQ(early, 0);
}

TEST_P(Timers, FireOnceEachWhenThereAreTenThousand) {
  GAUNTLET_NEEDS(Feature::many_tasks);
  int early = 0;
  int woken = 0;
  complete(many_sleepers(10'000, early, woken));
  EXPECT_EQ(early, 0);
  EXPECT_EQ(woken, 10'000);
  EXPECT_GE(runtime().metrics().timers_fired, 10'000u);
}

Task<void> tick_behind_time(const bool& ended) {
  const Clock::time_point past = Clock::now() - milliseconds(1);
  while (!ended) co_await sleep_until(past);
}

Task<void> outlast_ticker() {
  bool ended = false;
  auto ticker = spawn_here(tick_behind_time(ended));
  co_await sleep_for(milliseconds(1));
  ended = true;
  (void)co_await ticker;
}

TEST_P(Timers, KeepNothingElseFromRunningWhenTheyAreDueAgainAndAgain) { complete(outlast_ticker()); }

struct OrderedTimer {
  OrderedTimer(Clock::time_point deadline, std::vector<Clock::time_point>& order)
      : op(deadline, &OrderedTimer::completed), fired(&order) {
    op.owner = this;
    op.worker = this_worker()->index;
  }
  static void completed(Job& job) noexcept {
    Op& op = static_cast<Op&>(job);
    OrderedTimer& self = *static_cast<OrderedTimer*>(op.owner);
    self.fired->push_back(self.op.deadline);
  }
  TimerOp op;
  std::vector<Clock::time_point>* fired;
};

/// Deadlines at every distance: in the same tick, in the next, far enough for another level of a wheel.
Task<void> fire_in_order(Runtime& runtime, std::vector<Clock::time_point>& fired) {
  std::mt19937 random(2);
  std::vector<std::unique_ptr<OrderedTimer>> timers;
  const Clock::time_point start = Clock::now() + milliseconds(5);
  std::size_t pending = 0;
  for (int i = 0; i < 300; ++i) {
    const std::uint32_t range = i % 3 == 0 ? 50 : i % 3 == 1 ? 5'000 : 300'000;
    timers.push_back(std::make_unique<OrderedTimer>(start + microseconds(random() % range), fired));
    if (runtime.submit(timers.back()->op) == Submitted::pending) ++pending;
  }
  EXPECT_EQ(pending, timers.size()) << "deadlines lie in the future";
  while (fired.size() < pending) co_await sleep_for(milliseconds(5));
}

TEST_P(Timers, FireInTheOrderOfTheirDeadlines) {
  std::vector<Clock::time_point> fired;
  fired.reserve(300);
  complete(fire_in_order(runtime(), fired));
  EXPECT_TRUE(std::ranges::is_sorted(fired));
}

Task<void> cancel_most(int count, int& woken) {
  std::vector<JoinHandle<void>> sleepers;
  int early = 0;
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < count; ++i) {
    sleepers.push_back(spawn_here(sleep_and_compare(start + milliseconds(20 + i % 20), early, woken)));
  }
  co_await some_yields(2);
  for (int i = 0; i < count; ++i) {
    if (i % 10 != 0) sleepers[static_cast<std::size_t>(i)].cancel();
  }
  int cancelled = 0;
  for (JoinHandle<void>& sleeper : sleepers) {
    const TaskResult<void> result = co_await sleeper;
    if (!result.has_value()) ++cancelled;
  }
  EXPECT_EQ(cancelled + woken, count);
  EXPECT_EQ(early, 0);
}

TEST_P(Timers, ThatWereCancelledDoNotDisturbTheOthers) {
  int woken = 0;
  const int count = tasks(1000);
  complete(cancel_most(count, woken));
  EXPECT_GE(woken, count / 10);
}

Task<void> sleep_not_at_all(int& done) {
  co_await sleep_for(std::chrono::nanoseconds(0));
  co_await sleep_for(std::chrono::hours(-1));
  co_await sleep_until(Clock::time_point::min());
  ++done;
}

TEST_P(Timers, WhoseDeadlineHasPassedFireAtOnce) {
  int done = 0;
  complete(sleep_not_at_all(done));
  EXPECT_EQ(done, 1);
}

Task<void> sleep_forever(int& destroyed) {
  const Guard guard(destroyed);
  co_await sleep_until(Clock::time_point::max());
}

Task<void> cancel_forever(int& destroyed) {
  JoinHandle<void> sleeper = spawn(sleep_forever(destroyed));
  co_await sleep_for(milliseconds(2));
  EXPECT_FALSE(sleeper.finished());
  sleeper.cancel();
  (void)co_await sleeper;
}

TEST_P(Timers, MayBeAsFarAwayAsTheClockReaches) {
  int destroyed = 0;
  complete(cancel_forever(destroyed));
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace gauntlet::conformance
