// Facts of machines that are folders of files.
#include "harness/measure/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kCpu = "/sys/devices/system/cpu/";

class Facts : public testing::Test {
 protected:
  Facts() {
    view_ = {.root = root_.string(),
             .cpus = 4,
             .kernel_release = "6.1.0",
             .architecture = "x86_64",
             .ring = {.error = 0, .operations = 49, .features = {"single_issuer", "defer_taskrun"}},
             .perf = {}};
    file("/sys/class/net/lo/flags", "0x9\n");
  }

  void file(const std::string& path, const std::string& text) const {
    const fs::path whole = root_.string() + path;
    fs::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }

  Fact fact(const std::string& name) const {
    std::vector<Fact> facts;
    append_machine_facts(view_, facts);
    append_kernel_facts(view_, facts);
    append_limit_facts(view_, facts);
    const auto found = std::ranges::find(facts, name, &Fact::name);
    EXPECT_NE(found, facts.end()) << name;
    return found == facts.end() ? Fact{.name = name, .value = ""} : *found;
  }
  FactLevel level(const std::string& name) const { return fact(name).level; }

  const ScratchFolder folder_;
  const fs::path& root_ = folder_.path();
  MachineView view_;
};

TEST_F(Facts, AMachineThatTellsNothingIsUnknownAndNoProblem) {
  std::vector<Fact> facts;
  append_machine_facts(view_, facts);
  append_kernel_facts(view_, facts);
  append_limit_facts(view_, facts);
  for (const Fact& one : facts) {
    EXPECT_NE(one.value, "") << one.name;
    EXPECT_LE(one.level, FactLevel::note) << one.name;
  }
  EXPECT_EQ(fact("governor").value, "unknown");
}

TEST_F(Facts, WhatDisturbsSaysWhatItDoesAndWhatHelps) {
  file(std::string(kCpu) + "cpu0/cpufreq/scaling_governor", "schedutil\n");
  file(std::string(kCpu) + "intel_pstate/no_turbo", "0\n");
  file(std::string(kCpu) + "smt/active", "1\n");
  file(std::string(kCpu) + "cpu0/topology/thread_siblings_list", "0,2\n");
  file("/proc/sys/kernel/randomize_va_space", "0\n");
  file("/proc/meminfo", "MemTotal: 4194304 kB\nSwapTotal: 1048576 kB\nSwapFree: 524288 kB\n");
  file("/proc/loadavg", "3.50 1.00 0.50 2/100 4711\n");
  file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
  for (const char* name : {"governor", "turbo", "smt", "aslr", "swap", "load_average", "clock_source"}) {
    const Fact found = fact(name);
    EXPECT_EQ(found.level, FactLevel::warning) << name;
    EXPECT_NE(found.effect, "") << name;
    EXPECT_NE(found.fix, "") << name;
    EXPECT_EQ(warning_of(found), found.effect + "; " + found.fix);
  }
  EXPECT_THAT(fact("governor").fix, HasSubstr("cpupower"));
  EXPECT_THAT(fact("smt").value, HasSubstr("0,2"));
  EXPECT_EQ(fact("swap").value, "1024 MiB, 512 MiB used");
}

TEST_F(Facts, WhatDoesNotDisturbIsOk) {
  file(std::string(kCpu) + "cpu0/cpufreq/scaling_governor", "performance\n");
  file(std::string(kCpu) + "cpufreq/boost", "0\n");
  file(std::string(kCpu) + "smt/active", "0\n");
  file(std::string(kCpu) + "isolated", "2-3\n");
  file("/proc/sys/kernel/randomize_va_space", "2\n");
  file("/proc/meminfo", "MemTotal: 4194304 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
  file("/proc/loadavg", "0.10 1.00 0.50 2/100 4711\n");
  file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  for (const char* name : {"governor", "turbo", "smt", "isolated_cpus", "aslr", "swap", "load_average", "io_uring",
                           "transparent_huge_pages", "perf_access", "loopback", "cgroup_cpu_quota", "cpus"}) {
    EXPECT_EQ(level(name), FactLevel::ok) << name;
    EXPECT_NE(fact(name).effect, "") << name;
    EXPECT_EQ(warning_of(fact(name)), "") << name;
  }
  EXPECT_EQ(fact("memory").value, "4 GiB");
  EXPECT_EQ(fact("load_average").value, "0.10 1.00 0.50");
}

TEST_F(Facts, WhatMakesFiguresWorthlessIsAProblem) {
  view_.cpus = 1;
  file("/proc/self/cgroup", "0::/a/b\n");
  file("/sys/fs/cgroup/a/cpu.max", "150000 100000\n");
  file("/sys/class/net/lo/flags", "0x8\n");
  for (const char* name : {"cpus", "cgroup_cpu_quota", "loopback"}) EXPECT_EQ(level(name), FactLevel::problem) << name;
  EXPECT_EQ(fact("cgroup_cpu_quota").value, "1.50 CPUs");
}

TEST_F(Facts, StealIsWorseTheMoreThereIsOfIt) {
  file("/proc/stat", "cpu  900 0 100 5000 0 0 0 5 0 0\ncpu0 900 0 100 5000 0 0 0 5 0 0\n");
  EXPECT_EQ(level("steal"), FactLevel::ok);
  file("/proc/stat", "cpu  900 0 100 5000 0 0 0 50 0 0\ncpu0 900 0 100 5000 0 0 0 50 0 0\n");
  EXPECT_EQ(level("steal"), FactLevel::warning);
  file("/proc/stat", "cpu  900 0 100 5000 0 0 0 500 0 0\ncpu0 900 0 100 5000 0 0 0 500 0 0\n");
  EXPECT_EQ(level("steal"), FactLevel::problem);
}

TEST_F(Facts, TicksAreReadFromTheConfigurationOfTheKernelThatRuns) {
  file("/boot/config-6.1.0", "CONFIG_X=y\nCONFIG_TICK_CPU_ACCOUNTING=y\nCONFIG_HZ=250\n");
  EXPECT_EQ(fact("cpu_accounting").value, "ticks, 250 Hz");
  EXPECT_EQ(level("cpu_accounting"), FactLevel::note);
  file("/boot/config-6.1.0", "CONFIG_X=y\nCONFIG_VIRT_CPU_ACCOUNTING_GEN=y\n");
  EXPECT_EQ(level("cpu_accounting"), FactLevel::ok);
}

TEST_F(Facts, LimitsAreThoseOfThisProcess) {
  file("/proc/self/limits",
       "Limit                     Soft Limit           Hard Limit           Units     \n"
       "Max open files            1024                 1048576              files     \n"
       "Max locked memory         65536                unlimited            bytes     \n");
  EXPECT_EQ(fact("descriptor_limit").value, "1024 (hard: 1048576)");
  EXPECT_EQ(level("descriptor_limit"), FactLevel::warning);
  EXPECT_EQ(fact("locked_memory_limit").value, "64 KiB (hard: unlimited)");
  EXPECT_EQ(level("locked_memory_limit"), FactLevel::note);
}

TEST_F(Facts, ARingThatIsRefusedSaysHowToGetOne) {
  view_.ring = {.error = EPERM, .operations = 0, .features = {}};
  EXPECT_EQ(level("io_uring"), FactLevel::warning);
  EXPECT_THAT(fact("io_uring").fix, HasSubstr("seccomp"));
  view_.ring = {.error = 0, .operations = 40, .features = {}};
  EXPECT_THAT(fact("io_uring").fix, HasSubstr("6.1"));
}

TEST_F(Facts, CountersThatAreNotAllowedAreToldFromThoseThatAreNotThere) {
  file("/proc/sys/kernel/perf_event_paranoid", "4\n");
  view_.perf = {.hardware_error = EACCES, .software_error = EACCES};
  EXPECT_THAT(fact("perf_access").fix, HasSubstr("perf_event_paranoid=1"));
  view_.perf = {.hardware_error = ENOENT, .software_error = 0};
  EXPECT_THAT(fact("perf_access").value, HasSubstr("software counters only (perf_event_paranoid 4)"));
}

TEST(FactWords, ABracketedWordIsTheChosenOne) {
  EXPECT_EQ(bracketed_word("always [madvise] never"), "madvise");
  EXPECT_EQ(bracketed_word("never"), "never");
}

TEST(FactWords, AQuotaIsToldInCpus) {
  EXPECT_EQ(describe_cpu_quota("max 100000"), "unlimited");
  EXPECT_EQ(describe_cpu_quota("-1 100000"), "unlimited");
  EXPECT_EQ(describe_cpu_quota("150000 100000"), "1.50 CPUs");
}

}  // namespace
}  // namespace gauntlet
