#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "harness/measure/facts.hpp"
#include "harness/measure/machine_sample.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

const std::string kCpus = "/sys/devices/system/cpu";

Fact cpu_model(std::string_view cpuinfo) {
  auto model = line_after(cpuinfo, "model name");
  if (!model) model = line_after(cpuinfo, "CPU part");
  return {.name = "cpu_model", .value = model.value_or(std::string(kUnknown)), .identifies = true};
}

Fact cpu_count(const MachineView& machine) {
  Fact fact{.name = "cpus",
            .value = fmt::format("{} (online: {})", machine.cpus,
                                 machine.word(kCpus + "/online").value_or(std::string(kUnknown))),
            .effect = "generator and subject have CPUs of their own",
            .identifies = true};
  if (machine.cpus < 2) {
    fact.effect = "one CPU: generator and subject share it, so nothing here compares";
    fact.fix = "use a machine with two CPUs or more";
    fact.level = FactLevel::problem;
  }
  return fact;
}

// Whole GiB: the kernel's own share differs by some pages from boot to boot.
Fact memory(const MachineView& machine) {
  const auto text = machine.text("/proc/meminfo");
  const auto kib = text ? number_after(*text, "MemTotal") : std::nullopt;
  Fact fact{.name = "memory", .value = std::string(kUnknown), .identifies = true};
  if (kib) fact.value = fmt::format("{:.0f} GiB", std::round(static_cast<double>(*kib) / (1 << 20)));
  return fact;
}

Fact virtual_machine(const MachineView& machine, std::string_view cpuinfo) {
  if (!is_virtual(cpuinfo)) {
    return {.name = "virtual_machine", .value = "no", .effect = "what disturbs a run can be seen from here"};
  }
  const std::string product = machine.word("/sys/class/dmi/id/sys_vendor").value_or("");
  return {.name = "virtual_machine",
          .value = "yes" + (product.empty() ? "" : " (" + product + ")"),
          .effect = "neighbours disturb in ways that cannot be seen here",
          .fix = "trust ratios of interleaved runs, not times; for times use a machine of its own",
          .level = FactLevel::warning};
}

Fact governor(const MachineView& machine) {
  const auto value = machine.word(kCpus + "/cpu0/cpufreq/scaling_governor");
  if (!value) {
    return unknown_fact("governor", "nobody here can hold the clock, so part of the noise may be its changes");
  }
  if (*value == "performance") {
    return {.name = "governor", .value = *value, .effect = "the clock does not follow the load"};
  }
  return {.name = "governor",
          .value = *value,
          .effect = "the clock changes with the load, so a light load looks dear",
          .fix = "cpupower frequency-set -g performance",
          .level = FactLevel::warning};
}

Fact turbo(const MachineView& machine) {
  std::string value(kUnknown), fix;
  if (const auto no_turbo = machine.word(kCpus + "/intel_pstate/no_turbo")) {
    value = *no_turbo == "1" ? "off" : "on";
    fix = "echo 1 | sudo tee " + kCpus + "/intel_pstate/no_turbo";
  } else if (const auto boost = machine.word(kCpus + "/cpufreq/boost")) {
    value = *boost == "0" ? "off" : "on";
    fix = "echo 0 | sudo tee " + kCpus + "/cpufreq/boost";
  }
  if (value == "off") return {.name = "turbo", .value = value, .effect = "the clock does not depend on heat"};
  if (value == "on") {
    return {.name = "turbo",
            .value = value,
            .effect = "the clock depends on heat and on neighbours",
            .fix = fix,
            .level = FactLevel::warning};
  }
  return unknown_fact("turbo", "whether the clock depends on heat and on neighbours cannot be seen from here");
}

Fact simultaneous_threads(const MachineView& machine) {
  const auto active = machine.word(kCpus + "/smt/active");
  if (!active) {
    return unknown_fact("smt", "whether generator and subject share a core cannot be seen from here");
  }
  if (*active != "1") return {.name = "smt", .value = "off", .effect = "no two CPUs share a core"};
  const auto siblings = machine.word(kCpus + "/cpu0/topology/thread_siblings_list");
  return {.name = "smt",
          .value = siblings ? fmt::format("on (CPU 0 shares its core: {})", *siblings) : "on",
          .effect = "generator and subject may share a core, and then slow one another down",
          .fix = "echo off | sudo tee " + kCpus + "/smt/control",
          .level = FactLevel::warning};
}

Fact isolated_cpus(const MachineView& machine) {
  const auto value = machine.word(kCpus + "/isolated");
  if (value && !value->empty()) {
    return {.name = "isolated_cpus", .value = *value, .effect = "the scheduler puts nothing else onto these CPUs"};
  }
  return {.name = "isolated_cpus",
          .value = value ? "none" : std::string(kUnknown),
          .effect = "other programs may be scheduled beside a run, and it is then marked as disturbed",
          .fix = "boot with isolcpus=1-N nohz_full=1-N, and start gauntlet under taskset on these",
          .level = FactLevel::note};
}

Fact mitigations(const MachineView& machine) {
  const std::string path = kCpus + "/vulnerabilities";
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir((machine.root + path).c_str()), closedir);
  if (!directory) return unknown_fact("mitigations");
  std::vector<std::string> mitigated;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] == '.') continue;
    const std::string state = machine.word(path + "/" + entry->d_name).value_or(std::string(kUnknown));
    if (state != "Not affected") mitigated.push_back(fmt::format("{}: {}", entry->d_name, state));
  }
  std::ranges::sort(mitigated);
  return {.name = "mitigations",
          .value = mitigated.empty() ? "none needed" : fmt::format("{}", fmt::join(mitigated, "; ")),
          .effect = mitigated.empty() ? "system calls cost what the hardware asks for"
                                      : "every system call pays for them, as it does in production"};
}

Fact clock_source(const MachineView& machine) {
  const std::string folder = "/sys/devices/system/clocksource/clocksource0";
  const std::string value = machine.word(folder + "/current_clocksource").value_or(std::string(kUnknown));
  if (value == "hpet" || value == "acpi_pm" || value == "jiffies") {
    return {.name = "clock_source",
            .value = value,
            .effect = "reading this clock is a slow system call, and every timestamp of a run pays for it",
            .fix = "echo tsc | sudo tee " + folder + "/current_clocksource, or boot with clocksource=tsc",
            .level = FactLevel::warning};
  }
  return {.name = "clock_source", .value = value, .effect = "timestamps are read without a system call"};
}

Fact steal(const MachineView& machine) {
  const auto stat = machine.text("/proc/stat");
  const auto sample =
      stat ? parse_machine_sample(*stat, static_cast<double>(sysconf(_SC_CLK_TCK))) : std::unexpected(std::string());
  if (!sample || sample->busy_s + sample->steal_s <= 0) return unknown_fact("steal");
  const double percent = 100 * sample->steal_s / (sample->busy_s + sample->steal_s);
  Fact fact{.name = "steal",
            .value = fmt::format("{:.2f} % of CPU use since boot", percent),
            .effect = "the hypervisor leaves us the CPU when we want it"};
  if (percent > 1) {
    fact.effect = "the hypervisor takes CPU away; runs that it disturbs are marked";
    fact.fix = "ask for dedicated CPUs, or measure when the host is quiet";
    fact.level = percent > 10 ? FactLevel::problem : FactLevel::warning;
  }
  return fact;
}

}  // namespace

bool is_virtual(std::string_view cpuinfo) { return cpuinfo.find(" hypervisor") != std::string_view::npos; }

void append_machine_facts(const MachineView& machine, std::vector<Fact>& facts) {
  const std::string cpuinfo = machine.text("/proc/cpuinfo").value_or("");
  facts.push_back(cpu_model(cpuinfo));
  facts.push_back(cpu_count(machine));
  facts.push_back(memory(machine));
  facts.push_back(virtual_machine(machine, cpuinfo));
  facts.push_back(steal(machine));
  facts.push_back(governor(machine));
  facts.push_back(turbo(machine));
  facts.push_back(simultaneous_threads(machine));
  facts.push_back(isolated_cpus(machine));
  facts.push_back(mitigations(machine));
  facts.push_back(clock_source(machine));
}

}  // namespace gauntlet
