#include "scenarios/memory/memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtimes/task/spawn.hpp"
#include "scenarios/memory/memory_info.hpp"
#include "scenarios/memory/waiting_crowd.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

MemoryReadings good_memory_readings() {
  return {.tasks = 1000,
          .before_tasks = 5'000'000,
          .with_sleeping = 5'200'000,
          .with_handles = 5'350'000,
          .with_detached = 5'500'000,
          .tasks_started = 3000,
          .tasks_ended = 3000,
          .last_round = 5'555'000,
          .threads = 10,
          .before_threads = 5'000'000,
          .with_threads = 5'120'000,
          .stack_reserved = 8'000'000,
          .few_connections = 10,
          .many_connections = 110,
          .with_few_connections = 6'000'000,
          .with_many_connections = 6'050'000,
          .load_peak = 7'000'000,
          .connections_accepted = 184,
          .connections_opened = 184,
          .load_errors = 0,
          .first_load_error = {}};
}

TEST(Memory, FiguresAreDifferencesOfTwoSizes) {
  const auto metrics = observe_memory(good_memory_readings()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("sleeping_task_bytes"), 200);
  EXPECT_DOUBLE_EQ(metrics.at("handle_task_bytes"), 150);
  EXPECT_DOUBLE_EQ(metrics.at("detached_task_bytes"), 150);
  EXPECT_DOUBLE_EQ(metrics.at("waiting_task_bytes"), 200);
  EXPECT_DOUBLE_EQ(metrics.at("idle_connection_bytes"), 500);
  EXPECT_DOUBLE_EQ(metrics.at("thread_resident_bytes"), 12'000);
  EXPECT_DOUBLE_EQ(metrics.at("tasks_per_reserved_thread_ratio"), 40'000);
  EXPECT_DOUBLE_EQ(metrics.at("tasks_per_resident_thread_ratio"), 60);
  EXPECT_NEAR(metrics.at("growth_percent"), 1, 1e-9);
}

TEST(Memory, YieldsDeclaredMetricsOnly) {
  EXPECT_THAT(fixtures::undeclared_metrics(memory_info(), observe_memory(good_memory_readings())), testing::IsEmpty());
}

TEST(Memory, ThreadsThatTheSystemDidNotGrantLeaveTheirFigureOut) {
  MemoryReadings seen = good_memory_readings();
  seen.threads = 0;
  const auto metrics = observe_memory(seen).metrics;
  EXPECT_FALSE(metrics.contains("thread_resident_bytes"));
  EXPECT_FALSE(metrics.contains("tasks_per_resident_thread_ratio"));
}

RunStatus memory_judged(const MemoryReadings& seen) { return memory_scenario().judge(observe_memory(seen)).status; }

TEST(Memory, PassesWhenNothingGrewAndAllEnded) { EXPECT_EQ(memory_judged(good_memory_readings()), RunStatus::ok); }

TEST(Memory, FailsWhenTheSameLoadHoldsMoreInTheEnd) {
  MemoryReadings seen = good_memory_readings();
  seen.last_round = 6'000'000;
  EXPECT_EQ(memory_judged(seen), RunStatus::failed);
}

TEST(Memory, FailsWhenATaskDidNotEnd) {
  MemoryReadings seen = good_memory_readings();
  seen.tasks_ended = 2999;
  EXPECT_EQ(memory_judged(seen), RunStatus::failed);
}

TEST(Memory, FailsOnAWrongAnswer) {
  MemoryReadings seen = good_memory_readings();
  seen.load_errors = 1;
  seen.first_load_error = "status 500 and not 200";
  EXPECT_EQ(memory_judged(seen), RunStatus::failed);
}

TEST(Memory, IsVoidWhenConnectionsAreMissing) {
  MemoryReadings seen = good_memory_readings();
  seen.connections_accepted = 100;
  EXPECT_EQ(memory_judged(seen), RunStatus::invalid);
}

TEST(Memory, ATaskOfOneKilobyteMissesTheSmallHeadlineOnly) {
  MemoryReadings seen = good_memory_readings();
  const Judgement judgement = memory_scenario().judge(observe_memory(seen));
  const auto verdict = [&judgement](const char* claim) {
    return std::ranges::find(judgement.verdicts, claim, &ClaimVerdict::claim)->met;
  };
  EXPECT_TRUE(verdict("under_1_kb"));
  EXPECT_FALSE(verdict("under_64_bytes"));
  EXPECT_TRUE(verdict("tasks_8000_times"));
  EXPECT_FALSE(verdict("memory_125000_times"));
}

TEST(Memory, NeedsADescriptorForEachConnection) {
  const auto parameters = Parameters::resolve(memory_info().parameters, {{"connections", "10000"}}, true).value();
  EXPECT_GT(memory_scenario().needs(parameters).descriptors, 10'000u);
}

class CrowdOn : public testing::TestWithParam<const char*> {};

Task<std::uint64_t> come_and_go(WaitingCrowd& crowd) {
  co_await crowd.add_sleeping(1500);
  co_await crowd.add_with_handle(20);
  co_await crowd.add_detached(7);
  co_return co_await crowd.release();
}

TEST_P(CrowdOn, EveryKindWaitsAndComesToItsEndAgainAndAgain) {
  WaitingCrowd crowd;
  const auto runtime = fixtures::small_runtime(GetParam());
  for (int round = 0; round < 3; ++round) EXPECT_EQ(block_on(*runtime, come_and_go(crowd)), 1527u);
}

INSTANTIATE_TEST_SUITE_P(Runtimes, CrowdOn, testing::Values("single_loop", "work_stealing"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(WaitingCrowd, ThreadsBlockUntilTheyAreReleased) {
  WaitingCrowd crowd;
  EXPECT_EQ(crowd.add_threads(3), 3u);
  EXPECT_EQ(crowd.add_threads(2), 2u);
  crowd.release_threads();
  EXPECT_EQ(crowd.add_threads(1), 1u);
}

}  // namespace
}  // namespace gauntlet
