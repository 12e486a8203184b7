#include "runtimes/loop/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

namespace gauntlet {
namespace {

using namespace std::chrono_literals;
using Clock = TimerWheel::Clock;

void do_nothing(Job&) noexcept {}

std::vector<TimerOp*> pop_all(TimerWheel& wheel, Clock::time_point now) {
  std::vector<TimerOp*> due;
  while (TimerOp* timer = wheel.pop_due(now)) due.push_back(timer);
  return due;
}

TEST(TimerWheel, AnEmptyWheelHasNoDeadlineAndNothingDue) {
  TimerWheel wheel;
  EXPECT_TRUE(wheel.empty());
  EXPECT_FALSE(wheel.next_deadline().has_value());
  EXPECT_EQ(wheel.pop_due(Clock::now() + 1h), nullptr);
}

TEST(TimerWheel, ATimerIsDueAtItsDeadlineAndNotOneNanosecondBefore) {
  for (const auto delay : {1ns, 1023ns, 1024ns, 65us + 7ns, 4ms + 1ns, 300ms + 3ns, 20s + 999ns, 7h + 5ns}) {
    TimerWheel wheel;
    TimerOp timer(Clock::now() + delay, do_nothing);
    wheel.insert(timer);
    EXPECT_EQ(wheel.next_deadline(), timer.deadline);
    EXPECT_EQ(wheel.pop_due(timer.deadline - 1ns), nullptr);
    EXPECT_EQ(wheel.pop_due(timer.deadline), &timer);
    EXPECT_TRUE(wheel.empty());
  }
}

TEST(TimerWheel, ADeadlineInThePastIsDueAtOnce) {
  TimerWheel wheel;
  const auto now = Clock::now();
  TimerOp timer(now - 1h, do_nothing);
  wheel.insert(timer);
  EXPECT_EQ(wheel.pop_due(now), &timer);
}

TEST(TimerWheel, TheFarthestDeadlineFits) {
  TimerWheel wheel;
  TimerOp timer(Clock::time_point::max(), do_nothing);
  wheel.insert(timer);
  EXPECT_EQ(wheel.next_deadline(), Clock::time_point::max());
  EXPECT_EQ(wheel.pop_due(Clock::now() + 24h * 365 * 100), nullptr);
  wheel.remove(timer);
  EXPECT_TRUE(wheel.empty());
}

TEST(TimerWheel, TimersWithTheSameDeadlineComeInTheOrderOfInsertion) {
  TimerWheel wheel;
  const auto deadline = Clock::now() + 10ms;
  std::deque<TimerOp> timers;
  for (int i = 0; i < 100; ++i) wheel.insert(timers.emplace_back(deadline, do_nothing));
  const std::vector<TimerOp*> due = pop_all(wheel, deadline);
  ASSERT_EQ(due.size(), timers.size());
  for (std::size_t i = 0; i < due.size(); ++i) EXPECT_EQ(due[i], &timers[i]);
}

/// Random inserts, removals and steps of time against a plain list.
class TimerWheelAgainstModel : public testing::TestWithParam<unsigned> {};

TEST_P(TimerWheelAgainstModel, BehavesLikeASortedList) {
  std::mt19937_64 random(GetParam());
  TimerWheel wheel;
  std::deque<TimerOp> storage;
  std::vector<TimerOp*> model;
  auto now = Clock::now();
  const auto earlier = [](const TimerOp* a, const TimerOp* b) { return a->deadline < b->deadline; };
  for (int step = 0; step < 4000; ++step) {
    const auto choice = random() % 10;
    if (choice < 6) {
      const auto range = std::uint64_t{1} << (random() % 42);
      TimerOp& timer = storage.emplace_back(now + std::chrono::nanoseconds(random() % range), do_nothing);
      wheel.insert(timer);
      model.push_back(&timer);
    } else if (choice < 8 && !model.empty()) {
      const std::size_t victim = random() % model.size();
      wheel.remove(*model[victim]);
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(victim));
    } else {
      now += std::chrono::nanoseconds(random() % (std::uint64_t{1} << (random() % 38)));
      std::vector<Clock::time_point> expected;
      for (const TimerOp* timer : model) {
        if (timer->deadline <= now) expected.push_back(timer->deadline);
      }
      std::ranges::sort(expected);
      std::erase_if(model, [now](const TimerOp* timer) { return timer->deadline <= now; });
      std::vector<Clock::time_point> seen;
      for (const TimerOp* timer : pop_all(wheel, now)) seen.push_back(timer->deadline);
      ASSERT_EQ(seen, expected);
    }
    ASSERT_EQ(wheel.empty(), model.empty());
    if (model.empty()) {
      ASSERT_FALSE(wheel.next_deadline().has_value());
    } else {
      ASSERT_EQ(wheel.next_deadline(), (*std::ranges::min_element(model, earlier))->deadline);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimerWheelAgainstModel, testing::Range(1U, 9U));

TEST(TimerWheel, KeepsWhatIsInsertedWithADeadlineGoneByForTheNextPass) {
  TimerWheel wheel;
  const Clock::time_point now = Clock::now();
  TimerOp again(now - std::chrono::seconds(1), nullptr);
  TimerOp due(now, nullptr);
  wheel.insert(again);
  wheel.insert(due);
  ASSERT_EQ(wheel.pop_due(now), &again);
  again.deadline = now - std::chrono::seconds(1);
  wheel.insert(again);
  EXPECT_EQ(wheel.pop_due(now), &due);
  EXPECT_EQ(wheel.pop_due(now), nullptr);
  EXPECT_EQ(wheel.pop_due(now + std::chrono::nanoseconds(1)), &again);
}

}  // namespace
}  // namespace gauntlet
