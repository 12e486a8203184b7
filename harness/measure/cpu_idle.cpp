#include "harness/measure/cpu_idle.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <utility>

#include "harness/measure/facts.hpp"

namespace gauntlet {
namespace {

const std::string kCpu = "/sys/devices/system/cpu/";
constexpr const char* kAllow = "--cpu-idle allow lets them sleep";

/// What the machine says of its idle CPUs.
struct IdleCpus {
  bool is_virtual = false;
  bool polls = false;  ///< the kernel has an idle state that never leaves the CPU
  bool deep = false;   ///< C-states beyond C1
  bool takes_requests = false;
  bool shares_cores = false;
  bool has_timed_pause = false;
  std::int32_t c1_latency_us = 0;
  std::string quota;
};

IdleCpus ask(const MachineView& machine) {
  const std::string cpuinfo = machine.text("/proc/cpuinfo").value_or("");
  const std::string state = kCpu + "cpu0/cpuidle/state";
  const auto first = machine.word(state + "0/name");
  IdleCpus cpus{.is_virtual = is_virtual(cpuinfo),
                .polls = first == "POLL",
                .deep = machine.word(state + "2/name").has_value(),
                .takes_requests = first && access((machine.root + "/dev/cpu_dma_latency").c_str(), W_OK) == 0,
                .shares_cores = machine.word(kCpu + "smt/active") == "1",
                .has_timed_pause = cpuinfo.find(" waitpkg") != std::string::npos,
                .c1_latency_us = 0,
                .quota = cpu_quota(machine)};
  if (const auto latency = machine.word(state + "1/latency")) {
    std::from_chars(latency->data(), latency->data() + latency->size(), cpus.c1_latency_us);
  }
  return cpus;
}

CpuIdlePlan sleeping(std::string value, std::string effect, std::string fix, FactLevel level) {
  return {.fact = {.name = "cpu_idle",
                   .value = std::move(value),
                   .effect = std::move(effect),
                   .fix = std::move(fix),
                   .level = level,
                   .identifies = true}};
}

CpuIdlePlan allowed(const IdleCpus& cpus, const std::string& fix) {
  if (cpus.is_virtual) {
    return sleeping("allowed",
                    "a CPU that idles leaves the virtual machine, and CPU per request and latency hold its way back",
                    fix, FactLevel::warning);
  }
  if (cpus.deep) {
    return sleeping("allowed",
                    "a CPU that idles falls into deep C-states, and a light load's latency holds the way back", fix,
                    FactLevel::warning);
  }
  return sleeping("allowed", "CPUs that idle sleep no deeper than C1", "", FactLevel::ok);
}

CpuIdlePlan prevented_by(CpuIdleMeans means, std::string value, std::string effect) {
  CpuIdlePlan plan = sleeping(std::move(value), fmt::format("{}; {}", effect, kAllow), "", FactLevel::ok);
  plan.means = means;
  return plan;
}

CpuIdlePlan with_request(std::int32_t latency_us) {
  CpuIdlePlan plan = prevented_by(
      CpuIdleMeans::latency_request, fmt::format("prevented (PM QoS, {} us)", latency_us),
      latency_us == 0 ? "during runs CPUs that idle poll, so that no request waits for one to wake up"
                      : "during runs CPUs that idle sleep no deeper than C1, which leaves the core to a sibling");
  plan.latency_us = latency_us;
  return plan;
}

CpuIdlePlan with_threads(bool timed_pause) {
  CpuIdlePlan plan = prevented_by(CpuIdleMeans::idle_threads,
                                  fmt::format("prevented (SCHED_IDLE threads{})", timed_pause ? ", TPAUSE" : ""),
                                  "during runs a thread that gives way to everything spins on each CPU, so that no "
                                  "request waits for one to wake up");
  plan.timed_pause = timed_pause;
  return plan;
}

}  // namespace

std::expected<CpuIdlePlan, std::string> plan_cpu_idle(const MachineView& machine, CpuIdleMode mode) {
  const IdleCpus cpus = ask(machine);
  const bool must = mode == CpuIdleMode::prevent;
  if (mode == CpuIdleMode::allow) return allowed(cpus, "--cpu-idle auto");
  if (!must && !cpus.is_virtual && !cpus.deep) return allowed(cpus, "");

  if (cpus.takes_requests && !cpus.is_virtual) {
    // POLL is a loop, and takes issue slots from whoever shares the core.
    return with_request(cpus.shares_cores || !cpus.polls ? cpus.c1_latency_us : 0);
  }
  // A hypervisor's C1 is a HLT: only polling stays. With siblings TPAUSE is better than the kernel's loop.
  if (cpus.takes_requests && cpus.polls && !cpus.shares_cores) return with_request(0);
  if (cpus.quota != "unlimited") {
    const std::string why = fmt::format("spinning would use up the cgroup's quota of {}", cpus.quota);
    if (must) return std::unexpected(fmt::format("--cpu-idle prevent: {}; lift the quota, or --cpu-idle allow", why));
    return allowed(cpus, fmt::format("lift the CPU quota: {}", why));
  }
  if (cpus.shares_cores && !cpus.has_timed_pause && !must) {
    return allowed(cpus,
                   "use CPUs that share no core (SMT): spinning would slow the sibling; --cpu-idle prevent spins");
  }
  return with_threads(cpus.has_timed_pause);
}

}  // namespace gauntlet
