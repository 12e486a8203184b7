#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <limits>
#include <system_error>

#include "harness/measure/facts.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

std::string reason_of(int error) { return std::system_category().message(error); }

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

/// Of /proc/self/limits, whose columns are soft limit, hard limit, unit.
struct Limit {
  std::uint64_t soft = kNoLimit, hard = kNoLimit;
};

std::optional<Limit> limit_of(const MachineView& machine, std::string_view name) {
  const auto text = machine.text("/proc/self/limits");
  const auto line = text ? line_after(*text, name) : std::nullopt;
  if (!line) return std::nullopt;
  Limit limit;
  const char* at = line->data();
  const char* const end = at + line->size();
  for (std::uint64_t* value : {&limit.soft, &limit.hard}) {
    while (at != end && *at == ' ') ++at;
    std::from_chars(at, end, *value);  // "unlimited" leaves it as it is
    while (at != end && *at != ' ') ++at;
  }
  return limit;
}

std::string limit_text(const Limit& limit, std::uint64_t unit, std::string_view unit_name) {
  const auto words = [&](std::uint64_t value) {
    return value == kNoLimit ? std::string("unlimited") : fmt::format("{}{}", value / unit, unit_name);
  };
  return fmt::format("{} (hard: {})", words(limit.soft), words(limit.hard));
}

Fact descriptor_limit(const MachineView& machine) {
  const auto limit = limit_of(machine, "Max open files");
  if (!limit) return unknown_fact("descriptor_limit");
  Fact fact{.name = "descriptor_limit",
            .value = limit_text(*limit, 1, ""),
            .effect = "scenarios of thousands of connections fit"};
  if (limit->soft < 4096) {
    fact.effect = "scenarios of thousands of connections fail here";
    fact.fix = "ulimit -n 65536";
    fact.level = FactLevel::warning;
  }
  return fact;
}

Fact locked_memory_limit(const MachineView& machine) {
  const auto limit = limit_of(machine, "Max locked memory");
  if (!limit) return unknown_fact("locked_memory_limit");
  Fact fact{.name = "locked_memory_limit",
            .value = limit_text(*limit, 1024, " KiB"),
            .effect = "rings and their buffers fit"};
  if (limit->soft < (std::uint64_t{8} << 20)) {
    fact.effect = "a ring with many buffers may be refused, and its runtime is then skipped";
    fact.fix = "ulimit -l unlimited";
    fact.level = FactLevel::note;
  }
  return fact;
}

Fact io_uring_permission(const MachineView& machine) {
  const auto value = machine.word("/proc/sys/kernel/io_uring_disabled");
  if (!value) return unknown_fact("io_uring_disabled");
  if (*value == "0") return {.name = "io_uring_disabled", .value = *value, .effect = "every process may have a ring"};
  return {.name = "io_uring_disabled",
          .value = *value,
          .effect = "io_uring may be refused here, and its runtimes are then skipped",
          .fix = "sudo sysctl kernel.io_uring_disabled=0",
          .level = FactLevel::warning};
}

std::string ring_remedy(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return "sudo sysctl kernel.io_uring_disabled=0; in a container: docker run --security-opt seccomp=unconfined";
    case ENOSYS:
      return "use a kernel that has io_uring";
    case ENOMEM:
      return "ulimit -l unlimited";
    case EMFILE:
      return "ulimit -n 65536";
    default:
      return "see what the kernel says with `dmesg`";
  }
}

Fact ring(const MachineView& machine) {
  const RingAnswer& answer = machine.ring;
  if (answer.error != 0) {
    return {.name = "io_uring",
            .value = "refused: " + reason_of(answer.error),
            .effect = "runtimes on io_uring are skipped",
            .fix = ring_remedy(answer.error),
            .level = FactLevel::warning};
  }
  Fact fact{.name = "io_uring",
            .value = fmt::format("{} operations; {}", answer.operations, fmt::join(answer.features, ", ")),
            .effect = "io_uring shows what it can do"};
  if (answer.features.empty() || answer.features.front() != "single_issuer") {
    fact.effect = "this kernel is older than 6.0: the runtime on io_uring is skipped";
    fact.fix = "use Linux 6.1 or later";
    fact.level = FactLevel::warning;
  }
  return fact;
}

Fact perf_access(const MachineView& machine) {
  const PerfAnswer& answer = machine.perf;
  const std::string setting = machine.word("/proc/sys/kernel/perf_event_paranoid").value_or(std::string(kUnknown));
  Fact fact{.name = "perf_access",
            .value = fmt::format("hardware and software counters (perf_event_paranoid {})", setting),
            .effect = "instructions and cycles of a run can be counted"};
  if (answer.hardware_error == 0) return fact;
  fact.level = FactLevel::note;
  fact.effect = "instructions and cycles cannot be counted, only CPU time";
  if (answer.software_error != 0) {
    fact.value = fmt::format("refused: {} (perf_event_paranoid {})", reason_of(answer.software_error), setting);
    fact.fix = "sudo sysctl kernel.perf_event_paranoid=1";
  } else {
    fact.value = fmt::format("software counters only (perf_event_paranoid {})", setting);
    fact.fix = "use a machine, or a kind of virtual machine, that shows its performance counters";
  }
  return fact;
}

/// IFF_UP of if.h, as /sys shows it.
constexpr unsigned kInterfaceIsUp = 1;

Fact loopback(const MachineView& machine) {
  const std::string folder = "/sys/class/net/lo";
  const auto flags = machine.word(folder + "/flags");
  unsigned bits = 0;
  if (flags && flags->starts_with("0x")) {
    std::from_chars(flags->data() + 2, flags->data() + flags->size(), bits, 16);
  }
  if ((bits & kInterfaceIsUp) == 0) {
    return {.name = "loopback",
            .value = flags ? "down" : "not there",
            .effect = "the generator cannot reach the subject",
            .fix = "sudo ip link set lo up",
            .level = FactLevel::problem};
  }
  return {.name = "loopback",
          .value = fmt::format("up, MTU {}", machine.word(folder + "/mtu").value_or(std::string(kUnknown))),
          .effect = "no network card is measured; what the kernel does to deliver is billed to the sender"};
}

Fact cgroup_cpu_quota(const MachineView& machine) {
  Fact fact{.name = "cgroup_cpu_quota",
            .value = cpu_quota(machine),
            .effect = "nothing stops a run that uses the CPUs it has",
            .identifies = true};
  if (fact.value != "unlimited") {
    fact.effect = "the cgroup stops us when its quota is used up, and latencies show that and not the runtime";
    fact.fix = "measure without a quota: docker run without --cpus, systemd-run -p CPUQuota=";
    fact.level = FactLevel::problem;
  }
  return fact;
}

}  // namespace

// A quota may stand at any level above our own cgroup; the nearest one is told.
std::string cpu_quota(const MachineView& machine) {
  const std::string groups = machine.text("/proc/self/cgroup").value_or("");
  std::string path = line_after(groups, "0::").value_or("/");
  for (; !path.empty(); path.erase(path.find_last_of('/'))) {
    const auto quota = machine.word("/sys/fs/cgroup" + path + "/cpu.max");
    if (quota && !quota->starts_with("max")) return describe_cpu_quota(*quota);
    if (path.find('/') == std::string::npos) break;
  }
  const std::string v1 = "/sys/fs/cgroup/cpu/cpu.cfs_";
  const auto quota_us = machine.word(v1 + "quota_us");
  const auto period_us = machine.word(v1 + "period_us");
  if (quota_us && period_us) return describe_cpu_quota(*quota_us + " " + *period_us);
  return "unlimited";
}

std::string describe_cpu_quota(std::string_view quota_and_period) {
  double quota = 0;
  double period = 0;
  const char* const end = quota_and_period.data() + quota_and_period.size();
  const auto [next, error] = std::from_chars(quota_and_period.data(), end, quota);
  if (error != std::errc() || quota <= 0 || next == end) return "unlimited";
  std::from_chars(next + 1, end, period);
  return period > 0 ? fmt::format("{:.2f} CPUs", quota / period) : std::string(kUnknown);
}

void append_limit_facts(const MachineView& machine, std::vector<Fact>& facts) {
  facts.push_back(cgroup_cpu_quota(machine));
  facts.push_back(descriptor_limit(machine));
  facts.push_back(locked_memory_limit(machine));
  facts.push_back(io_uring_permission(machine));
  facts.push_back(ring(machine));
  facts.push_back(perf_access(machine));
  facts.push_back(loopback(machine));
}

}  // namespace gauntlet
