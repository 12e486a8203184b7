#include "scenarios/crash_recovery/crash_planner.hpp"

#include <algorithm>
#include <csignal>

namespace gauntlet {

namespace {

/// Of what comes with every request: a server under load gets there within milliseconds.
constexpr std::uint64_t latest_hit = 40;

}  // namespace

CrashPlanner::CrashPlanner(const Options& options) : options_(options), random_(options.seed) {
  signals_ = options.signals == "kill" ? std::vector{SIGKILL} : std::vector{SIGKILL, SIGSEGV, SIGABRT};
  for (const FailpointInfo& info : all_failpoints()) {
    if (info.reached != Reached::seldom) failpoints_.push_back(info.id);
  }
  std::ranges::shuffle(failpoints_, random_);
}

FailpointPlan CrashPlanner::next_failpoint() {
  const Failpoint at = failpoints_[failpoints_used_++ % failpoints_.size()];
  const std::uint64_t hit = info_of(at).reached == Reached::serving ? 1 + random_() % latest_hit : 1;
  return {.at = at, .action = FailpointPlan::Action::crash, .number = 0, .hit = hit, .from_then_on = false};
}

CrashPlan CrashPlanner::next(bool was_open) {
  const auto longest = static_cast<std::uint64_t>(options_.life_max.count());
  const std::uint64_t life = longest / 5 + random_() % (longest - longest / 5 + 1);
  CrashPlan plan{.signal = signals_[crashes_ % signals_.size()],
                 .life = std::chrono::milliseconds(life),
                 .failpoint = std::nullopt};
  const bool at_failpoint = options_.at == "failpoints" || (options_.at == "both" && crashes_ % 2 == 1);
  ++crashes_;
  if (at_failpoint && was_open) {
    plan.failpoint = next_failpoint();
    plan.failpoint->number = plan.signal;
  }
  return plan;
}

}  // namespace gauntlet
