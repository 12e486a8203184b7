#include "harness/load/conductor.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace gauntlet {
namespace {

LoadPlan closed_plan(double warmup_cap_s) {
  LoadPlan plan;
  plan.pacing = Pacing::closed;
  plan.warmup_cap_s = warmup_cap_s;
  return plan;
}

TEST(Conductor, TheWindowStartsOnceTheRateIsFlat) {
  Conductor conductor(closed_plan(10), 0, 1);
  std::int64_t now_ns = 0;
  int ticks = 0;
  for (; conductor.window_start_ns() == kNever_ns && ticks < 100; ++ticks, now_ns += kWarmupTick_ns) {
    conductor.on_warmup_tick(now_ns);
    conductor.answers_of(0) += ticks < 10 ? 100u * static_cast<unsigned>(ticks) : 1000u;
  }
  EXPECT_TRUE(conductor.is_steady());
  EXPECT_GT(ticks, 10);
  EXPECT_LT(ticks, 20);
}

TEST(Conductor, TheWindowStartsAtTheCapThoughTheRateStillRises) {
  Conductor conductor(closed_plan(0.5), 0, 1);
  int ticks = 0;
  for (; conductor.window_start_ns() == kNever_ns && ticks < 100; ++ticks) {
    conductor.on_warmup_tick(ticks * kWarmupTick_ns);
    conductor.answers_of(0) += 100u << (ticks / 2);
  }
  EXPECT_FALSE(conductor.is_steady());
  EXPECT_EQ(ticks, 11);
}

TEST(Conductor, AnswersOfAllThreadsCount) {
  Conductor conductor(closed_plan(10), 0, 2);
  std::int64_t now_ns = 0;
  // What one thread loses the other gains: only the sum is flat.
  for (unsigned i = 0; i < 12; ++i, now_ns += kWarmupTick_ns) {
    conductor.on_warmup_tick(now_ns);
    conductor.answers_of(0) += 1000 - 80 * i;
    conductor.answers_of(1) += 80 * i;
  }
  EXPECT_TRUE(conductor.is_steady());
}

TEST(Conductor, TheSubjectsConsumptionIsThatOfTheWindow) {
  Conductor conductor(closed_plan(0), getpid(), 1);
  conductor.on_warmup_tick(0);
  EXPECT_NE(conductor.window_start_ns(), kNever_ns);
  const std::int64_t before_ns = own_process_cpu_ns();
  conductor.on_window_start();
  while (own_process_cpu_ns() - before_ns < 5'000'000) {
  }
  conductor.on_window_end();
  EXPECT_EQ(conductor.subject_error(), "");
  EXPECT_GT(conductor.subject().cpu_s, 0.004);
  EXPECT_LE(conductor.subject().cpu_s, static_cast<double>(own_process_cpu_ns() - before_ns) / 1e9);
}

TEST(Conductor, LanesFollowOneAnotherAndFillTheWindow) {
  LoadPlan plan = closed_plan(0);
  plan.duration_s = 0.045;
  plan.timeline_interval_s = 0.01;
  Conductor conductor(plan, getpid(), 1);
  conductor.on_warmup_tick(0);
  EXPECT_EQ(conductor.next_lane_ns(), kNever_ns) << "not before the window";
  conductor.on_window_start();
  std::vector<std::int64_t> due_ns;
  while (conductor.next_lane_ns() != kNever_ns) {
    due_ns.push_back(conductor.next_lane_ns() - conductor.window_start_ns());
    conductor.sample_lane();
  }
  conductor.on_window_end();
  EXPECT_EQ(due_ns, (std::vector<std::int64_t>{10'000'000, 20'000'000, 30'000'000, 40'000'000}));
  ASSERT_EQ(conductor.lanes().size(), 5u);
  double cpu_s = 0;
  for (std::size_t i = 0; i < conductor.lanes().size(); ++i) {
    const ResourceInterval& lane = conductor.lanes()[i];
    cpu_s += lane.cpu_s;
    EXPECT_GT(lane.rss_bytes, 0u);
    if (i == 0) continue;
    const ResourceInterval& before = conductor.lanes()[i - 1];
    EXPECT_NEAR(lane.start_s, before.start_s + before.length_s, 1e-6);
  }
  // The last of them is looked at just after the window's own figures are taken.
  EXPECT_GE(cpu_s, conductor.subject().cpu_s);
}

}  // namespace
}  // namespace gauntlet
