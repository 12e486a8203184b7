#include "harness/gate/gate_run.hpp"

#include <algorithm>

#include "harness/plan/rotation.hpp"

namespace gauntlet {
namespace {

class DuelRounds {
 public:
  DuelRounds(const GatePlan& plan, const GateSurroundings& surroundings)
      : plan_(plan), surroundings_(surroundings), decided_(plan.duels.size()), cost_s_(plan.duels.size()) {
    for (std::size_t i = 0; i < plan.duels.size(); ++i) cost_s_[i] = 3 * plan.duels[i].seconds;
  }

  GateRun run() {
    const double began_s = surroundings_.now_s();
    while (left_s() > 0) {
      gate_.elapsed_s = surroundings_.now_s() - began_s;
      if (gate_.rounds > 0 && gate_.elapsed_s + left_s() > plan_.budget_s) {
        gate_.end = GateEnd::out_of_time;
        return std::move(gate_);
      }
      run_round();
    }
    gate_.elapsed_s = surroundings_.now_s() - began_s;
    return std::move(gate_);
  }

 private:
  /// What the next round takes; 0 when there is none.
  double left_s() const {
    double seconds = 0;
    for (std::size_t i = 0; i < cost_s_.size(); ++i) seconds += decided_[i] ? 0 : cost_s_[i];
    return seconds;
  }

  void run_round() {
    for (std::size_t i = 0; i < plan_.duels.size(); ++i) {
      if (!decided_[i]) run_duel(i);
    }
    ++gate_.rounds;
    const auto verdicts = judge_duels(plan_, gate_.records);
    for (std::size_t i = 0; i < plan_.duels.size(); ++i) {
      decided_[i] = decided_[i] || is_decided(plan_.duels[i], plan_, gate_.records, verdicts);
    }
    if (surroundings_.on_round) surroundings_.on_round(gate_.rounds, gate_.records, verdicts);
  }

  void run_duel(std::size_t index) {
    const Duel& duel = plan_.duels[index];
    const double began_s = surroundings_.now_s();
    for (const std::size_t next : rotated_order(duel.arms.size(), gate_.rounds, plan_.most_rounds)) {
      const GateArm& arm = duel.arms[next];
      gate_.records.push_back(surroundings_.run({.index = gate_.records.size(),
                                                 .cell = duel.name(),
                                                 .scenario = duel.scenario,
                                                 .runtime = arm.runtime,
                                                 .arm = arm.arm,
                                                 .round = gate_.rounds,
                                                 .role = arm.role,
                                                 .params = duel.params},
                                                arm.build));
    }
    // Never nothing, which would read as decided.
    cost_s_[index] = std::max(1e-3, surroundings_.now_s() - began_s);
  }

  const GatePlan& plan_;
  const GateSurroundings& surroundings_;
  GateRun gate_;
  std::vector<bool> decided_;
  std::vector<double> cost_s_;  ///< of a duel's last round
};

}  // namespace

GateRun run_duels(const GatePlan& plan, const GateSurroundings& surroundings) {
  return DuelRounds(plan, surroundings).run();
}

std::vector<RunRecord> run_counts(const GatePlan& plan, const RunArm& run) {
  std::vector<RunRecord> records;
  for (const CountCheck& check : plan.counts) {
    for (int round = 0; round < check.rounds; ++round) {
      records.push_back(run({.index = records.size(),
                             .cell = check.name(),
                             .scenario = check.scenario,
                             .runtime = check.runtime,
                             .arm = "head",
                             .round = round,
                             .role = Role::contender,
                             .params = check.params},
                            Build::head));
    }
  }
  return records;
}

}  // namespace gauntlet
