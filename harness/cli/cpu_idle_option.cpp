#include "harness/cli/cpu_idle_option.hpp"

#include <CLI/CLI.hpp>
#include <cassert>

namespace gauntlet {
namespace {

CpuIdleMode mode_of(const std::string& word) {
  if (word == "prevent") return CpuIdleMode::prevent;
  if (word == "allow") return CpuIdleMode::allow;
  assert((word.empty() || word == "auto") && "the option takes no other");
  return CpuIdleMode::automatic;
}

}  // namespace

void add_cpu_idle_option(CLI::App& command, std::string& word) {
  command
      .add_option(
          "--cpu-idle", word,
          "prevent: CPUs that idle stay awake during runs, so that figures hold no wake-ups; allow: they sleep; "
          "auto: prevent in a virtual machine or where C-states are deep")
      ->check(CLI::IsMember({"auto", "prevent", "allow"}));
}

std::expected<CpuIdlePlan, std::string> plan_cpu_idle_here(const std::string& word) {
  return plan_cpu_idle(machine_here(), mode_of(word));
}

}  // namespace gauntlet
