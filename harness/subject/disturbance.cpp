#include "harness/subject/disturbance.hpp"

#include <fmt/format.h>

namespace gauntlet {

std::optional<Warning> judge_disturbance(const MachineSample& before, const MachineSample& after, double own_cpu_s) {
  const double window_s = static_cast<double>(after.taken_ns - before.taken_ns) * 1e-9;
  if (window_s < kShortestJudgedWindow_s) return std::nullopt;
  const ForeignCpu foreign = foreign_cpu(before, after, own_cpu_s);
  const auto warn = [](double share, const char* who) {
    return Warning{
        .severity = Warning::Severity::note,
        .code = "disturbed",
        .text = fmt::format("{} took {:.0f} % of the machine's CPU time during the measurement", who, share * 100)};
  };
  if (foreign.steal_share > kDisturbedShare) return warn(foreign.steal_share, "the hypervisor");
  if (foreign.busy_share > kDisturbedShare) return warn(foreign.busy_share, "other processes");
  return std::nullopt;
}

}  // namespace gauntlet
