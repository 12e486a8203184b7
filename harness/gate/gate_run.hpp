// The rounds of a gate, as many as it takes.
#pragma once

#include <functional>
#include <vector>

#include "harness/gate/gate_judge.hpp"
#include "harness/gate/gate_plan.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

/// Runs one arm with the worker of its build. May throw Interrupted.
using RunArm = std::function<RunRecord(const RunSpec&, Build)>;

/// What a gate has from its surroundings.
struct GateSurroundings {
  RunArm run;
  std::function<double()> now_s;  ///< monotonic
  /// After each round, with the records so far and what is said of them.
  std::function<void(int round, const std::vector<RunRecord>&, const std::vector<GateVerdict>&)> on_round;
};

enum class GateEnd { decided, out_of_time };

struct GateRun {
  std::vector<RunRecord> records;
  int rounds = 0;
  double elapsed_s = 0;
  GateEnd end = GateEnd::decided;
};

/// All duels take their first round, then all their second; inside a round a duel's arms run in rotated order. A duel
/// that is decided drops out. It ends when all are, or when the next round would exceed the budget; the first round is
/// always run.
GateRun run_duels(const GatePlan& plan, const GateSurroundings& surroundings);

/// Each count check as often as it says.
std::vector<RunRecord> run_counts(const GatePlan& plan, const RunArm& run);

}  // namespace gauntlet
