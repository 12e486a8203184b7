#include "harness/measure/resource_sampler.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "harness/measure/resource_lanes.hpp"

namespace gauntlet {
namespace {

void sleep_often(int times) {
  for (int i = 0; i < times; ++i) std::this_thread::sleep_for(std::chrono::microseconds(100));
}

TEST(ResourceSampler, SeesWhatSampleProcessSees) {
  ResourceSampler sampler(getpid());
  sleep_often(20);
  const auto exact = sample_process(getpid());
  const auto looked = sampler.look();
  ASSERT_TRUE(exact && looked);
  EXPECT_GE(looked->cpu_ns, exact->cpu_ns);
  EXPECT_GE(looked->voluntary_switches, exact->voluntary_switches);
  EXPECT_GE(looked->involuntary_switches, exact->involuntary_switches);
  // The kernel counts pages per CPU, and adds them up now and then.
  EXPECT_NEAR(static_cast<double>(looked->rss_bytes), static_cast<double>(exact->rss_bytes),
              static_cast<double>(exact->rss_bytes) / 2);
}

TEST(ResourceSampler, CountsThreadsThatComeAndGoBetweenLooks) {
  ResourceSampler sampler(getpid());
  const auto before = sampler.look();
  std::atomic<bool> slept = false, ends = false;
  std::thread thread([&] {
    sleep_often(50);
    slept = true;
    slept.notify_one();
    ends.wait(false);
  });
  slept.wait(false);
  const auto during = sampler.look();
  ends = true;
  ends.notify_one();
  thread.join();
  const auto after = sampler.look();
  ASSERT_TRUE(before && during && after);
  EXPECT_GE(during->voluntary_switches - before->voluntary_switches, 50u);
  EXPECT_GE(after->voluntary_switches, during->voluntary_switches) << "a thread that ended takes nothing back";
}

TEST(ResourceSampler, AProcessThatHasEndedGivesNothing) {
  const pid_t pid = fork();
  if (pid == 0) {
    pause();
    _exit(0);
  }
  ResourceSampler sampler(pid);
  EXPECT_TRUE(sampler.look());
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_FALSE(sampler.look());
  EXPECT_FALSE(ResourceSampler(pid).look());
}

TEST(ResourceLanes, AreOneLinePerIntervalInTheOrderOfTheirLoads) {
  const ProcessSample before{.taken_ns = 1'100'000'000, .cpu_ns = 5'000'000, .voluntary_switches = 10};
  const ProcessSample after{.taken_ns = 1'202'000'000,
                            .cpu_ns = 48'712'345,
                            .voluntary_switches = 822,
                            .involuntary_switches = 3,
                            .rss_bytes = 9043968};
  const ResourceInterval interval = interval_between(before, after, 1'000'000'000);
  EXPECT_EQ(format_lanes({{"corrected", {interval}}, {"knee-50-corrected", {interval}}, {"nothing", {}}}),
            "tag,start_s,length_s,cpu_s,rss_bytes,voluntary_switches,involuntary_switches\n"
            "corrected,0.100,0.102,0.043712,9043968,812,3\n"
            "knee-50-corrected,0.100,0.102,0.043712,9043968,812,3\n");
}

}  // namespace
}  // namespace gauntlet
