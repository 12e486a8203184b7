#include "scenarios/cpu_usage/cpu_usage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/cpu_usage/cpu_usage_info.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

Consumption idle(double cpu_s, std::uint64_t switches) {
  Consumption consumed;
  consumed.window_s = 2;
  consumed.cpu_s = cpu_s;
  consumed.voluntary_switches = switches;
  return consumed;
}

CpuReadings good_cpu_readings() {
  CpuReadings seen;
  seen.load.completed = 1000;
  seen.load.generator_cpu_s = 0.005;
  seen.load.subject.cpu_s = 0.004;
  seen.load.subject.voluntary_switches = 300;
  seen.load.subject.involuntary_switches = 200;
  seen.load.subject.page_faults = 10;
  seen.load.subject.migrations = 1;
  seen.idle_alone = idle(0, 0);
  seen.idle_few = idle(0.001, 1);
  seen.idle_many = idle(0.0005, 0);
  seen.traced_short = TracedLoad{.system_calls = 700, .completed = 100};
  seen.traced_long = TracedLoad{.system_calls = 2200, .completed = 600};
  return seen;
}

Judgement judged(const CpuReadings& seen) { return cpu_usage_scenario().judge(observe_cpu_usage(seen)); }

TEST(CpuUsage, CountsCostPerVerifiedAnswer) {
  const auto metrics = observe_cpu_usage(good_cpu_readings()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("subject_cpu_us_per_request"), 4);
  EXPECT_DOUBLE_EQ(metrics.at("generator_cpu_us_per_request"), 5);
  EXPECT_DOUBLE_EQ(metrics.at("context_switches_per_request"), 0.5);
  EXPECT_DOUBLE_EQ(metrics.at("page_faults_per_request"), 0.01);
  EXPECT_DOUBLE_EQ(metrics.at("migrations_per_request"), 0.001);
}

TEST(CpuUsage, TakesTheWorstIdleWindow) {
  const auto metrics = observe_cpu_usage(good_cpu_readings()).metrics;
  EXPECT_DOUBLE_EQ(metrics.at("idle_cpu_percent"), 0.05);
  EXPECT_DOUBLE_EQ(metrics.at("idle_wakeups_count"), 1);
  EXPECT_DOUBLE_EQ(metrics.at("idle_alone_cpu_percent"), 0);
  EXPECT_DOUBLE_EQ(metrics.at("idle_many_connections_cpu_percent"), 0.025);
}

TEST(CpuUsage, TracedCallsAreTheDifferenceOfALongLoadAndAShortOne) {
  EXPECT_DOUBLE_EQ(observe_cpu_usage(good_cpu_readings()).metrics.at("system_calls_traced_per_request"), 3);
}

TEST(CpuUsage, WhatWasNotCountedIsAbsentWithANote) {
  CpuReadings seen = good_cpu_readings();
  seen.traced_long.reset();
  seen.why_not_traced = "system calls: strace could not attach";
  seen.load.subject.migrations.reset();
  const Observations observations = observe_cpu_usage(seen);
  for (const char* metric : {"system_calls_per_request", "system_calls_traced_per_request", "cycles_per_request",
                             "instructions_per_request", "migrations_per_request"}) {
    EXPECT_FALSE(observations.metrics.contains(metric)) << metric;
  }
  EXPECT_THAT(observations.warnings, ElementsAre(Field(&Warning::code, "system_calls_not_traced")));
  EXPECT_EQ(judged(seen).status, RunStatus::ok);
}

TEST(CpuUsage, WhatTheKernelCountedNeedsNoTracer) {
  CpuReadings seen = good_cpu_readings();
  seen.traced_short.reset();
  seen.traced_long.reset();
  seen.load.subject.system_calls = 4000;
  seen.load.subject.cycles = 9e6;
  seen.load.subject.instructions = 7e6;
  const Observations observations = observe_cpu_usage(seen);
  EXPECT_DOUBLE_EQ(observations.metrics.at("system_calls_per_request"), 4);
  EXPECT_DOUBLE_EQ(observations.metrics.at("cycles_per_request"), 9000);
  EXPECT_DOUBLE_EQ(observations.metrics.at("instructions_per_request"), 7000);
  EXPECT_THAT(observations.warnings, IsEmpty());
}

TEST(CpuUsage, YieldsDeclaredMetricsOnly) {
  CpuReadings seen = good_cpu_readings();
  seen.load.subject.system_calls = seen.load.subject.cycles = seen.load.subject.instructions = 1;
  EXPECT_THAT(fixtures::undeclared_metrics(cpu_usage_info(), observe_cpu_usage(seen)), IsEmpty());
}

TEST(CpuUsage, PassesARuntimeThatSleepsWhenNothingHappens) {
  EXPECT_EQ(judged(good_cpu_readings()).status, RunStatus::ok);
}

TEST(CpuUsage, FailsWhoBurnsCpuInOneWindowOnly) {
  CpuReadings seen = good_cpu_readings();
  seen.idle_many = idle(0.2, 0);
  EXPECT_EQ(judged(seen).status, RunStatus::failed);
}

TEST(CpuUsage, FailsWhoWakesUpPeriodically) {
  CpuReadings seen = good_cpu_readings();
  seen.idle_alone = idle(0.0001, 20);
  EXPECT_EQ(judged(seen).status, RunStatus::failed);
}

TEST(CpuUsage, FailsOnAWrongAnswer) {
  CpuReadings seen = good_cpu_readings();
  seen.load.errors = 1;
  EXPECT_EQ(judged(seen).status, RunStatus::failed);
}

TEST(CpuUsage, CannotBeJudgedWithoutEveryIdleWindow) {
  CpuReadings seen = good_cpu_readings();
  seen.idle_few = Consumption{};
  EXPECT_EQ(judged(seen).status, RunStatus::invalid);
}

TEST(CpuUsage, TracesWithTheSameConnectionsAndALowerRate) {
  const auto parameters = Parameters::resolve(cpu_usage_info().parameters, {}, false).value();
  const LoadPlan schedule = schedule_of(parameters), once = traced_plan(parameters, false),
                 more = traced_plan(parameters, true);
  EXPECT_TRUE(schedule.count_events);
  EXPECT_EQ(once.connections, schedule.connections);
  EXPECT_EQ(more.connections, once.connections);
  EXPECT_LT(once.rate_rps, schedule.rate_rps);
  EXPECT_EQ(more.rate_rps, once.rate_rps);
  EXPECT_GT(more.duration_s, once.duration_s);
}

}  // namespace
}  // namespace gauntlet
