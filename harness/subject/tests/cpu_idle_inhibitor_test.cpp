#include "harness/subject/cpu_idle_inhibitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "harness/subject/cpu_placement.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

CpuIdlePlan with_threads() {
  CpuIdlePlan plan;
  plan.means = CpuIdleMeans::idle_threads;
  return plan;
}

std::size_t cpus_here() { return without_generator(placement_here()).subject.size(); }

/// Scheduling policies of the threads of this process that keep a CPU awake, by thread.
std::map<pid_t, int> keeping_awake() {
  std::map<pid_t, int> policies;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    const pid_t thread = std::stoi(task.path().filename());
    if (name == "keep-awake") policies[thread] = sched_getscheduler(thread);
  }
  return policies;
}

TEST(CpuIdleInhibitor, SpinsOnEachCpuBelowEverythingElseForAsLongAsItLives) {
  {
    const auto inhibitor = CpuIdleInhibitor::start(with_threads(), placement_here());
    ASSERT_TRUE(inhibitor) << inhibitor.error();
    const auto threads = keeping_awake();
    EXPECT_THAT(threads, SizeIs(cpus_here()));
    for (const auto& [thread, policy] : threads) {
      EXPECT_EQ(policy, SCHED_IDLE);
      cpu_set_t set;
      ASSERT_EQ(sched_getaffinity(thread, sizeof set, &set), 0);
      EXPECT_EQ(CPU_COUNT(&set), 1);
    }
  }
  EXPECT_THAT(keeping_awake(), IsEmpty());
}

TEST(CpuIdleInhibitor, LeavesTheSchedulingOfItsMakerAlone) {
  const std::size_t cpus = cpus_here();
  const auto inhibitor = CpuIdleInhibitor::start(with_threads(), placement_here());
  ASSERT_TRUE(inhibitor) << inhibitor.error();
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
  EXPECT_EQ(cpus_here(), cpus);
}

TEST(CpuIdleInhibitor, OfAPlanWithoutMeansDoesNothing) {
  ASSERT_TRUE(CpuIdleInhibitor::start({}, placement_here()));
  EXPECT_THAT(keeping_awake(), IsEmpty());
}

TEST(CpuIdleInhibitor, NamesTheCpuThatItMayNotUseAndLeavesNoThreadBehind) {
  CpuPlacement placement = placement_here();
  placement.subject.push_back(CPU_SETSIZE - 1);
  const auto inhibitor = CpuIdleInhibitor::start(with_threads(), placement);
  ASSERT_FALSE(inhibitor);
  EXPECT_THAT(inhibitor.error(), HasSubstr("CPU 1023"));
  EXPECT_THAT(keeping_awake(), IsEmpty());
}

}  // namespace
}  // namespace gauntlet
