// What all CPUs of the machine did so far, to tell whether somebody else worked beside a run.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace gauntlet {

struct MachineSample {
  std::int64_t taken_ns = 0;  ///< CLOCK_MONOTONIC
  double busy_s = 0;          ///< user, nice, system and interrupts of all CPUs; counted in ticks (10 ms)
  double steal_s = 0;         ///< taken by the hypervisor for other machines
  int cpus = 1;               ///< online
};

/// Shares of all CPU time of the machine, 0 to 1.
struct ForeignCpu {
  double busy_share = 0;   ///< CPU that neither we nor idling used
  double steal_share = 0;  ///< CPU that we could not have had
};

std::expected<MachineSample, std::string> sample_machine();
/// `stat` is the text of /proc/stat.
std::expected<MachineSample, std::string> parse_machine_sample(std::string_view stat, double ticks_per_s);

/// `own_cpu_s`: what our own processes used between the samples. Ticks are coarse: below about a second between the
/// samples a share of a few percent is noise.
ForeignCpu foreign_cpu(const MachineSample& before, const MachineSample& after, double own_cpu_s);

}  // namespace gauntlet
