#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <thread>

#include "harness/measure/facts.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

const std::string kCpus = "/sys/devices/system/cpu";

std::string word_or_unknown(const std::string& path) { return read_word(path).value_or(std::string(kUnknown)); }

Fact cpu_model(std::string_view cpuinfo) {
  auto model = line_after(cpuinfo, "model name");
  if (!model) model = line_after(cpuinfo, "CPU part");
  return {"cpu_model", model.value_or(std::string(kUnknown)), "", true};
}

Fact cpu_count() {
  const unsigned count = std::thread::hardware_concurrency();
  const std::string warning =
      count < 2 ? "one CPU: generator and subject share it, so nothing here compares; use a machine with two or more"
                : "";
  return {"cpus", fmt::format("{} (online: {})", count, word_or_unknown(kCpus + "/online")), warning, true};
}

// Whole GiB: the kernel's own share differs by some pages from boot to boot.
Fact memory() {
  const auto text = read_text("/proc/meminfo");
  const auto kib = text ? number_after(*text, "MemTotal") : std::nullopt;
  if (!kib) return {"memory", std::string(kUnknown), "", true};
  return {"memory", fmt::format("{:.0f} GiB", std::round(static_cast<double>(*kib) / (1 << 20))), "", true};
}

Fact virtual_machine(std::string_view cpuinfo) {
  const bool is_virtual = cpuinfo.find(" hypervisor") != std::string_view::npos;
  const std::string product = read_word("/sys/class/dmi/id/sys_vendor").value_or("");
  return {"virtual_machine", is_virtual ? "yes" + (product.empty() ? "" : " (" + product + ")") : "no",
          is_virtual ? "a virtual machine: neighbours disturb in ways that cannot be seen here; trust ratios, not times"
                     : "",
          false};
}

Fact governor() {
  const auto value = read_word(kCpus + "/cpu0/cpufreq/scaling_governor");
  std::string warning;
  if (value && *value != "performance") {
    warning = "the clock changes with load; `cpupower frequency-set -g performance` holds it";
  }
  return {"governor", value.value_or(std::string(kUnknown)), warning, false};
}

Fact turbo() {
  std::string value(kUnknown);
  if (const auto no_turbo = read_word(kCpus + "/intel_pstate/no_turbo")) {
    value = *no_turbo == "1" ? "off" : "on";
  } else if (const auto boost = read_word(kCpus + "/cpufreq/boost")) {
    value = *boost == "0" ? "off" : "on";
  }
  return {"turbo", value,
          value == "on" ? "the clock depends on heat and on neighbours; switch boost off for gates" : "", false};
}

Fact simultaneous_threads() {
  const auto active = read_word(kCpus + "/smt/active");
  if (!active) return {"smt", std::string(kUnknown), "", false};
  const bool on = *active == "1";
  return {"smt", on ? "on" : "off", on ? "generator and subject may share a core; pin them to different cores" : "",
          false};
}

Fact mitigations() {
  const std::string path = kCpus + "/vulnerabilities";
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (!directory) return {"mitigations", std::string(kUnknown), "", false};
  std::vector<std::string> mitigated;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] == '.') continue;
    const std::string state = word_or_unknown(path + "/" + entry->d_name);
    if (state != "Not affected") mitigated.push_back(fmt::format("{}: {}", entry->d_name, state));
  }
  std::ranges::sort(mitigated);
  return {"mitigations", mitigated.empty() ? "none needed" : fmt::format("{}", fmt::join(mitigated, "; ")), "", false};
}

Fact clock_source() {
  const std::string value = word_or_unknown("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  const bool slow = value == "hpet" || value == "acpi_pm" || value == "jiffies";
  return {"clock_source", value,
          slow ? "reading this clock is a slow system call; boot with tsc if the CPU has it" : "", false};
}

}  // namespace

void append_machine_facts(std::vector<Fact>& facts) {
  const std::string cpuinfo = read_text("/proc/cpuinfo").value_or("");
  facts.push_back(cpu_model(cpuinfo));
  facts.push_back(cpu_count());
  facts.push_back(memory());
  facts.push_back(virtual_machine(cpuinfo));
  facts.push_back(governor());
  facts.push_back(turbo());
  facts.push_back(simultaneous_threads());
  facts.push_back(mitigations());
  facts.push_back(clock_source());
}

}  // namespace gauntlet
