// The parts of collect_environment(). Each appends its facts and never fails: what cannot be read is `unknown`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/measure/environment.hpp"

namespace gauntlet {

inline constexpr std::string_view kUnknown = "unknown";

/// A fact that this machine does not tell. With an `effect`, not knowing it matters, and it is a note.
inline Fact unknown_fact(std::string name, std::string effect = {}) {
  const FactLevel level = effect.empty() ? FactLevel::ok : FactLevel::note;
  return {.name = std::move(name), .value = std::string(kUnknown), .effect = std::move(effect), .level = level};
}

/// Processors and their clocks.
void append_machine_facts(const MachineView& machine, std::vector<Fact>& facts);
/// The kernel and its memory.
void append_kernel_facts(const MachineView& machine, std::vector<Fact>& facts);
/// What this process may use.
void append_limit_facts(const MachineView& machine, std::vector<Fact>& facts);
void append_build_facts(std::vector<Fact>& facts);

/// The chosen word of a kernel file that lists all words and brackets one ("always [madvise] never" -> "madvise").
std::string bracketed_word(std::string_view text);

/// Whether /proc/cpuinfo tells of a hypervisor.
bool is_virtual(std::string_view cpuinfo);

/// What our cgroup, or the nearest one above it that has a quota, allows: "unlimited" or "N CPUs".
std::string cpu_quota(const MachineView& machine);

/// "unlimited", or the number of CPUs that a cgroup v2 `cpu.max` or a pair of v1 numbers ("quota period") allows.
std::string describe_cpu_quota(std::string_view quota_and_period);

}  // namespace gauntlet
