#include "harness/measure/environment.hpp"

#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <algorithm>
#include <set>

#include "harness/measure/cpu_idle.hpp"
#include "harness/measure/git_revision.hpp"

namespace gauntlet {
namespace {

Environment environment_of_this_machine() {
  const MachineView machine = machine_here();
  return collect_environment(machine, plan_cpu_idle(machine, CpuIdleMode::automatic)->fact);
}

TEST(Environment, StatesEveryFactThatTheMethodAsksFor) {
  const Environment environment = environment_of_this_machine();
  std::set<std::string> names;
  for (const Fact& fact : environment.facts) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name << " is stated twice";
    EXPECT_NE(fact.value, "") << fact.name;
  }
  for (const char* name : {"kernel",
                           "cpu_model",
                           "cpus",
                           "memory",
                           "governor",
                           "turbo",
                           "smt",
                           "cpu_idle",
                           "cgroup_cpu_quota",
                           "mitigations",
                           "clock_source",
                           "load_average",
                           "steal",
                           "cpu_accounting",
                           "transparent_huge_pages",
                           "descriptor_limit",
                           "locked_memory_limit",
                           "io_uring_disabled",
                           "io_uring",
                           "isolated_cpus",
                           "swap",
                           "aslr",
                           "perf_access",
                           "loopback",
                           "compiler",
                           "compiler_flags",
                           "libraries",
                           "revision"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Environment, TheKernelIsTheOneThatRuns) {
  utsname name{};
  uname(&name);
  const Environment environment = environment_of_this_machine();
  const auto kernel = std::ranges::find(environment.facts, "kernel", &Fact::name);
  ASSERT_NE(kernel, environment.facts.end());
  EXPECT_NE(kernel->value.find(name.release), std::string::npos);
}

TEST(Fingerprint, ChangesWithAFactThatIdentifiesAndWithNoOther) {
  const std::vector<Fact> facts = {{.name = "kernel", .value = "6.1", .identifies = true},
                                   {.name = "cpus", .value = "2", .identifies = true},
                                   {.name = "load_average", .value = "0.1"}};
  auto other_load = facts;
  other_load[2].value = "0.9";
  auto other_kernel = facts;
  other_kernel[0].value = "6.2";
  auto other_order = facts;
  std::swap(other_order[0], other_order[1]);
  EXPECT_EQ(fingerprint_of(facts), fingerprint_of(other_load));
  EXPECT_EQ(fingerprint_of(facts), fingerprint_of(other_order));
  EXPECT_NE(fingerprint_of(facts), fingerprint_of(other_kernel));
}

TEST(Fingerprint, IsTheSameForTheSameMachineAndBuild) {
  EXPECT_EQ(environment_of_this_machine().fingerprint, environment_of_this_machine().fingerprint);
}

TEST(GitRevision, AFolderThatIsNoCheckoutHasNone) { EXPECT_FALSE(git_revision_of("/proc")); }

}  // namespace
}  // namespace gauntlet
