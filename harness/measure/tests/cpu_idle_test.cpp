// What is done about idle CPUs on machines that are folders of files.
#include "harness/measure/cpu_idle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CpuIdle : public testing::Test {
 protected:
  CpuIdle() {
    view_.root = folder_.path().string();
    flags("fpu tsc");
  }

  void file(const std::string& path, const std::string& text) const {
    const fs::path whole = view_.root + path;
    fs::create_directories(whole.parent_path());
    std::ofstream(whole) << text << '\n';
  }
  void flags(const std::string& words) const { file("/proc/cpuinfo", "flags\t\t: " + words + " "); }
  void states(const std::vector<std::string>& names) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string state = "/sys/devices/system/cpu/cpu0/cpuidle/state" + std::to_string(i);
      file(state + "/name", names[i]);
      file(state + "/latency", std::to_string(2 * i));
    }
    file("/dev/cpu_dma_latency", "");
  }
  void share_cores() const { file("/sys/devices/system/cpu/smt/active", "1"); }

  CpuIdlePlan plan(CpuIdleMode mode = CpuIdleMode::automatic) const { return plan_cpu_idle(view_, mode).value(); }

  const ScratchFolder folder_;
  MachineView view_;
};

TEST_F(CpuIdle, IsLeftAloneWhereCpusSleepNoDeeperThanC1) {
  states({"POLL", "C1"});
  EXPECT_EQ(plan().means, CpuIdleMeans::none);
  EXPECT_EQ(plan().fact.level, FactLevel::ok);
  EXPECT_EQ(plan(CpuIdleMode::prevent).means, CpuIdleMeans::latency_request);
}

TEST_F(CpuIdle, OfDeepStatesIsPreventedByALatencyRequest) {
  states({"POLL", "C1", "C6"});
  EXPECT_EQ(plan().means, CpuIdleMeans::latency_request);
  EXPECT_EQ(plan().latency_us, 0);
  share_cores();
  EXPECT_EQ(plan().latency_us, 2) << "C1: polling would slow the sibling";
}

TEST_F(CpuIdle, OfDeepStatesIsPreventedByThreadsWhereTheKernelTakesNoRequest) {
  states({"POLL", "C1", "C6"});
  fs::remove(folder_.path() / "dev/cpu_dma_latency");
  EXPECT_EQ(plan().means, CpuIdleMeans::idle_threads);
}

TEST_F(CpuIdle, OfAVirtualMachineIsPreventedByThreadsUnlessItsKernelPolls) {
  flags("fpu hypervisor");
  file("/dev/cpu_dma_latency", "");
  EXPECT_EQ(plan().means, CpuIdleMeans::idle_threads) << "without idle states the kernel reads no request";
  states({"POLL", "haltpoll"});
  EXPECT_EQ(plan().means, CpuIdleMeans::latency_request);
  EXPECT_EQ(plan().latency_us, 0);
}

TEST_F(CpuIdle, IsAllowedWhereSpinningWouldSlowTheSiblingAndSaysSo) {
  flags("fpu hypervisor");
  share_cores();
  EXPECT_EQ(plan().means, CpuIdleMeans::none);
  EXPECT_EQ(plan().fact.level, FactLevel::warning);
  EXPECT_THAT(plan().fact.fix, HasSubstr("sibling"));
  EXPECT_EQ(plan(CpuIdleMode::prevent).means, CpuIdleMeans::idle_threads);
  flags("fpu hypervisor waitpkg");
  EXPECT_EQ(plan().means, CpuIdleMeans::idle_threads);
  EXPECT_TRUE(plan().timed_pause);
}

TEST_F(CpuIdle, NeverSpendsACpuQuota) {
  flags("fpu hypervisor");
  file("/proc/self/cgroup", "0::/job");
  file("/sys/fs/cgroup/job/cpu.max", "150000 100000");
  EXPECT_EQ(plan().means, CpuIdleMeans::none);
  const auto forced = plan_cpu_idle(view_, CpuIdleMode::prevent);
  ASSERT_FALSE(forced);
  EXPECT_THAT(forced.error(), HasSubstr("1.50 CPUs"));
}

TEST_F(CpuIdle, IsPartOfWhatIdentifiesResults) {
  flags("fpu hypervisor");
  EXPECT_TRUE(plan().fact.identifies);
  EXPECT_NE(plan().fact.value, plan(CpuIdleMode::allow).fact.value);
  EXPECT_EQ(plan(CpuIdleMode::allow).means, CpuIdleMeans::none);
}

}  // namespace
}  // namespace gauntlet
