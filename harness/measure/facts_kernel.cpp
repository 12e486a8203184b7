#include <fmt/format.h>
#include <zlib.h>

#include <charconv>

#include "harness/measure/facts.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

// zlib reads plain files too, so one way serves /proc/config.gz and /boot/config-*.
std::string read_kernel_config(const MachineView& machine) {
  for (const std::string& path : {std::string("/proc/config.gz"), "/boot/config-" + machine.kernel_release}) {
    gzFile file = gzopen((machine.root + path).c_str(), "rb");
    if (file == nullptr) continue;
    std::string text;
    char chunk[16384];
    for (int size = 0; (size = gzread(file, chunk, sizeof chunk)) > 0;)
      text.append(chunk, static_cast<std::size_t>(size));
    gzclose(file);
    if (!text.empty()) return text;
  }
  return {};
}

Fact cpu_accounting(const MachineView& machine) {
  const std::string config = read_kernel_config(machine);
  Fact fact{.name = "cpu_accounting", .value = std::string(kUnknown)};
  if (config.empty()) return fact;
  if (config.find("\nCONFIG_TICK_CPU_ACCOUNTING=y") == std::string::npos) {
    fact.value = "exact (at every entry to the kernel)";
    fact.effect = "CPU time and its split into user and system are exact";
    return fact;
  }
  fact.value = fmt::format("ticks, {} Hz", number_after(config, "CONFIG_HZ=").value_or(0));
  fact.effect = "the sum of CPU time is exact, its split into user and system is sampled";
  fact.level = FactLevel::note;
  return fact;
}

Fact load_average(const MachineView& machine) {
  const auto text = machine.word("/proc/loadavg");
  if (!text) return unknown_fact("load_average");
  double one_minute = 0;
  std::from_chars(text->data(), text->data() + text->size(), one_minute);
  Fact fact{.name = "load_average",
            .value = text->substr(0, text->find('/')).substr(0, text->rfind(' ', text->find('/'))),
            .effect = "little else runs"};
  if (one_minute > 0.5 * machine.cpus) {
    fact.effect = "something else is running, or was until just now, and takes CPU and caches from a run";
    fact.fix = "see what it is with `top`, and wait until the machine is quiet";
    fact.level = FactLevel::warning;
  }
  return fact;
}

Fact transparent_huge_pages(const MachineView& machine) {
  const auto text = machine.word("/sys/kernel/mm/transparent_hugepage/enabled");
  if (!text) return unknown_fact("transparent_huge_pages");
  Fact fact{.name = "transparent_huge_pages",
            .value = bracketed_word(*text),
            .effect = "memory grows by pages, as programs ask for it"};
  if (fact.value == "always") {
    fact.effect = "memory grows in steps of 2 MiB, and when it does is chance";
    fact.fix = "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled";
    fact.level = FactLevel::note;
  }
  return fact;
}

Fact swap(const MachineView& machine) {
  const std::string text = machine.text("/proc/meminfo").value_or("");
  const auto total = number_after(text, "SwapTotal");
  const auto free = number_after(text, "SwapFree");
  if (!total || !free) return unknown_fact("swap");
  if (*total == 0) return {.name = "swap", .value = "none", .effect = "no page of a run can be on a disk"};
  const std::uint64_t used_mib = (*total - *free) / 1024;
  return {.name = "swap",
          .value = fmt::format("{} MiB, {} MiB used", *total / 1024, used_mib),
          .effect = used_mib > 0
                        ? "pages were on a disk already: a run that waits for one shows a tail that is none of "
                          "its own"
                        : "a run that grows may wait for a disk",
          .fix = "sudo swapoff -a",
          .level = used_mib > 0 ? FactLevel::warning : FactLevel::note};
}

// Mytkowicz et al., Producing Wrong Data Without Doing Anything Obviously Wrong (ASPLOS 2009): layout alone can move a
// figure by several percent, always in the same direction unless it is drawn anew.
Fact address_randomisation(const MachineView& machine) {
  const auto value = machine.word("/proc/sys/kernel/randomize_va_space");
  if (!value) return unknown_fact("aslr");
  if (*value != "0") {
    return {.name = "aslr",
            .value = *value == "2" ? "full" : "partial",
            .effect = "each run draws its memory layout anew, so the luck of one layout averages out over rounds"};
  }
  return {.name = "aslr",
          .value = "off",
          .effect = "all runs of a build share one memory layout, whose luck looks like a difference of builds",
          .fix = "sudo sysctl kernel.randomize_va_space=2",
          .level = FactLevel::warning};
}

}  // namespace

std::string bracketed_word(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return std::string(text);
  return std::string(text.substr(open + 1, close - open - 1));
}

void append_kernel_facts(const MachineView& machine, std::vector<Fact>& facts) {
  facts.push_back({.name = "kernel",
                   .value = fmt::format("Linux {} {}", machine.kernel_release, machine.architecture),
                   .identifies = true});
  facts.push_back(cpu_accounting(machine));
  facts.push_back(load_average(machine));
  facts.push_back(swap(machine));
  facts.push_back(transparent_huge_pages(machine));
  facts.push_back(address_randomisation(machine));
}

}  // namespace gauntlet
