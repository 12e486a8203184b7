#include "scenarios/scheduling/scheduling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtimes/task/spawn.hpp"
#include "scenarios/scheduling/references.hpp"
#include "scenarios/scheduling/repetition.hpp"
#include "scenarios/scheduling/scheduling_info.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Gt;
using testing::Pair;

Parameters tiny() {
  return Parameters::resolve(
             scheduling_info().parameters,
             {{"budget_ms", "0.1"}, {"timers", "1000"}, {"timer_span_ms", "20"}, {"wakes", "3"}, {"fib_n", "10"}}, true)
      .value();
}

Figures good_figures() {
  return {{wrong_figure, 0},
          {"spawn_ns", 40},
          {"spawn_join_ns", 60},
          {"yield_ns", 9},
          {"ping_pong_ns", 20},
          {"thread_spawn_join_ns", 12'000},
          {"thread_ping_pong_ns", 2400},
          {"timer_lateness_p99_us", 80}};
}

bool met(const Judgement& judgement, const char* claim) {
  return std::ranges::find(judgement.verdicts, claim, &ClaimVerdict::claim)->met;
}

TEST(Scheduling, RatiosAreOfOneRun) {
  const auto metrics = observe_scheduling(good_figures()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("thread_per_task_switch_ratio"), 120);
  EXPECT_DOUBLE_EQ(metrics.at("thread_per_task_spawn_ratio"), 200);
  EXPECT_FALSE(metrics.contains(wrong_figure));
}

TEST(Scheduling, HeadlinesAreMetOrMissedAndNeverFailARun) {
  const Judgement good = scheduling_scenario().judge(observe_scheduling(good_figures()));
  EXPECT_EQ(good.status, RunStatus::ok);
  for (const char* claim : {"spawn_50_ns", "switch_10_ns", "switch_100_times"}) EXPECT_TRUE(met(good, claim)) << claim;
  Figures slow = good_figures();
  slow["spawn_ns"] = 51;
  slow["yield_ns"] = 11;
  slow["ping_pong_ns"] = 200;
  const Judgement missed = scheduling_scenario().judge(observe_scheduling(slow));
  EXPECT_EQ(missed.status, RunStatus::ok);
  for (const char* claim : {"spawn_50_ns", "switch_10_ns", "switch_100_times"})
    EXPECT_FALSE(met(missed, claim)) << claim;
}

TEST(Scheduling, AWrongResultFailsTheRun) {
  Figures figures = good_figures();
  figures[wrong_figure] = 2;
  const Judgement judgement = scheduling_scenario().judge(observe_scheduling(figures));
  EXPECT_EQ(judgement.status, RunStatus::failed);
  EXPECT_THAT(judgement.reason, testing::HasSubstr("2 wrong answers"));
}

TEST(Scheduling, AReportWithoutTheClaimedFiguresCannotBeJudged) {
  Figures figures = good_figures();
  figures.erase("yield_ns");
  EXPECT_EQ(scheduling_scenario().judge(observe_scheduling(figures)).status, RunStatus::invalid);
}

TEST(Scheduling, AMillionTasksNeedMemory) {
  const auto parameters = Parameters::resolve(scheduling_info().parameters, {}, false).value();
  EXPECT_GT(scheduling_scenario().needs(parameters).memory_bytes, 1'000'000'000u);
}

class Context final : public ServeContext {
 public:
  const Parameters& parameters() const override { return parameters_; }
  std::uint16_t port() const override { return 0; }
  void ready(std::uint16_t) override {}
  Task<std::string> next_command() override { co_return std::string(); }
  void report(const std::map<std::string, double>& values) override { reported = values; }
  Figures reported;

 private:
  const Parameters parameters_ = tiny();
};

class SchedulingOn : public testing::TestWithParam<const char*> {};

TEST_P(SchedulingOn, YieldsEveryMetricAndNothingWrong) {
  Context context;
  const auto runtime = fixtures::small_runtime(GetParam());
  EXPECT_EQ(block_on(*runtime, scheduling_scenario().serve(context)), 0);
  EXPECT_THAT(context.reported, Contains(Pair(wrong_figure, 0)));
  const auto metrics = observe_scheduling(context.reported).metrics;
  for (const MetricInfo& declared : scheduling_info().metrics) {
    EXPECT_THAT(metrics, Contains(Pair(declared.name, Gt(0))));
  }
}

INSTANTIATE_TEST_SUITE_P(Runtimes, SchedulingOn, testing::Values("single_loop", "work_stealing"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(SchedulingReferences, YieldDeclaredMetricsAndNothingWrong) {
  const auto parameters = tiny();
  const Sizes sizes(parameters);
  for (Figures figures : {measure_plain_calls(sizes), measure_threads(sizes)}) {
    EXPECT_EQ(figures.at(wrong_figure), 0);
    add_thread_costs(sizes, figures);
    const Observations seen = observe_scheduling(figures);
    EXPECT_THAT(fixtures::undeclared_metrics(scheduling_info(), seen), testing::IsEmpty());
    EXPECT_EQ(scheduling_scenario().judge(seen).status, RunStatus::ok);
  }
}

TEST(Lateness, CountsTimersThatWereEarlyOrNeverFired) {
  const auto first = Lateness::Clock::now();
  Lateness lateness(3, first, 30ms);
  EXPECT_EQ(lateness.wrong(), 3u);
  lateness.fired(0, lateness.due(0));
  lateness.fired(1, lateness.due(1) - 1ns);
  EXPECT_EQ(lateness.wrong(), 2u);
}

TEST(Lateness, SpreadsDeadlinesOverTheSpanInNoOrder) {
  const auto first = Lateness::Clock::now();
  const Lateness lateness(1000, first, 1s);
  std::vector<Lateness::Clock::time_point> due;
  for (std::size_t i = 0; i < lateness.size(); ++i) due.push_back(lateness.due(i));
  EXPECT_FALSE(std::ranges::is_sorted(due));
  std::ranges::sort(due);
  EXPECT_EQ(due.front(), first);
  EXPECT_EQ(due.back(), first + 999ms);
  EXPECT_EQ(std::ranges::adjacent_find(due), due.end());
}

TEST(Lateness, StatesAPercentileOnlyWithEnoughTimersBeyondIt) {
  Lateness lateness(1000, Lateness::Clock::now(), 1s);
  for (std::size_t i = 0; i < 1000; ++i) lateness.fired(i, lateness.due(i) + std::chrono::microseconds(i));
  EXPECT_DOUBLE_EQ(lateness.percentile_us(50).value(), 500);
  EXPECT_DOUBLE_EQ(lateness.percentile_us(99).value(), 990);
  EXPECT_FALSE(lateness.percentile_us(99.9));
}

TEST(Repetition, RunsSeveralBatchesWhateverTheBudget) {
  Repetition repetition(0ns);
  int batches = 0;
  while (repetition.next()) {
    ++batches;
    repetition.done(1);
  }
  EXPECT_GE(batches, 5);
  EXPECT_GE(repetition.median_ns(), 0);
}

TEST(Scheduling, KnowsTheResultsOfItsTrees) {
  EXPECT_EQ(fibonacci(0), 0u);
  EXPECT_EQ(fibonacci(1), 1u);
  EXPECT_EQ(fibonacci(30), 832'040u);
  EXPECT_EQ(skynet_sum(1'000'000), 499'999'500'000u);
}

}  // namespace
}  // namespace gauntlet
