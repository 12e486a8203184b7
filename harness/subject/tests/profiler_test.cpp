#include "harness/subject/profiler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/measure/process_sample.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

TEST(Profiler, SaysWhichCommandWouldHelp) {
  EXPECT_THAT(why_not_profiled("/usr/bin/env: \u2018perf\u2019: No such file or directory\n", 2),
              HasSubstr("apt-get install linux-perf"));
  constexpr const char* refused =
      "Error:\nAccess to performance monitoring and observability operations is limited.\n"
      "Consider adjusting /proc/sys/kernel/perf_event_paranoid setting to open\n";
  EXPECT_THAT(why_not_profiled(refused, 3), HasSubstr("sysctl kernel.perf_event_paranoid=2"));
  EXPECT_EQ(why_not_profiled(refused, 2),
            "perf record failed: Access to performance monitoring and observability operations is limited.");
  EXPECT_EQ(why_not_profiled("No such process\nmore\n", 2), "perf record failed: No such process");
  EXPECT_EQ(why_not_profiled("", 4), "perf record failed: it gave no reason");
}

TEST(Profiler, SeesWhoUsesTheCpuUntilItIsCollected) {
  Pump pump;
  auto busy = ChildProcess::start({.program = "/bin/sh", .arguments = {"-c", "while :; do :; done"}, .cpus = {}});
  ASSERT_TRUE(busy) << busy.error();
  auto profiler = Profiler::attach(busy->pid(), {}, pump);
  if (!profiler) GTEST_SKIP() << profiler.error();
  const auto used_ns = [&] { return process_cpu_ns(busy->pid()).value_or(0); };
  const std::int64_t start_ns = monotonic_ns(), enough_ns = used_ns() + 50'000'000;
  while (used_ns() < enough_ns) pump.wait(Pump::Clock::now() + std::chrono::milliseconds(10), [] { return false; });
  StackFolder folder({{.start_ns = start_ns, .end_ns = monotonic_ns()}});
  const auto collected = (*profiler)->collect(folder);
  ASSERT_TRUE(collected) << collected.error();
  EXPECT_GT(folder.samples(), 10u) << "of about a hundred";
  EXPECT_THAT(folder.folded(), testing::StartsWith("sh;"));
  EXPECT_NE(folder.event(), "");
}

TEST(Profiler, AProcessThatEndsEndsItsProfileWhichIsKept) {
  Pump pump;
  auto busy = ChildProcess::start({.program = "/bin/sh", .arguments = {"-c", "while :; do :; done"}, .cpus = {}});
  ASSERT_TRUE(busy) << busy.error();
  auto profiler = Profiler::attach(busy->pid(), {}, pump);
  if (!profiler) GTEST_SKIP() << profiler.error();
  const std::int64_t enough_ns = process_cpu_ns(busy->pid()).value_or(0) + 20'000'000;
  while (process_cpu_ns(busy->pid()).value_or(enough_ns) < enough_ns) {
    pump.wait(Pump::Clock::now() + std::chrono::milliseconds(10), [] { return false; });
  }
  busy->signal_group(SIGKILL);
  busy->reap();
  StackFolder folder({});
  const auto collected = (*profiler)->collect(folder);
  ASSERT_TRUE(collected) << collected.error();
  EXPECT_GT(folder.samples(), 0u);
}

TEST(Profiler, SaysWhyItCannotAttach) {
  Pump pump;
  const auto profiler = Profiler::attach(0x3fffffff, {}, pump);
  ASSERT_FALSE(profiler);
  EXPECT_THAT(profiler.error(), HasSubstr("perf"));
}

}  // namespace
}  // namespace gauntlet
