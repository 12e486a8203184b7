// From the records of a gate to its verdicts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/gate/counts_baseline.hpp"
#include "harness/gate/gate_plan.hpp"
#include "harness/stats/paired_ratio.hpp"
#include "harness/stats/verdict.hpp"

namespace gauntlet {

/// What is said of one metric of this build.
struct GateVerdict {
  GateKind kind = GateKind::build;
  std::string cell = {}, runtime = {};
  std::string against = {};  ///< a runtime; of a count "the baseline"
  MetricInfo metric = {};
  double limit = 1;  ///< that the ratio is held against
  double minimum_effect = 0;
  /// Medians; of a count the median and the baseline; of a percentile that of all rounds (MergedFigures).
  std::optional<double> head = {}, opponent = {};
  std::optional<double> allowed = {};  ///< of a count alone
  PairedRatio ratio = {};              ///< head/against
  PairedRatio noise = {};
  std::optional<double> p = {}, adjusted_p = {};
  Verdict verdict = {};
  /// This build failed where its opponent did not: no matter of figures, and never passed over.
  bool broken = false;
};

/// Pure; one for each metric of each duel. p-values are adjusted over all of them.
std::vector<GateVerdict> judge_duels(const GatePlan& plan, std::span<const RunRecord> records);

/// True when more rounds would tell nothing more of the duel: all its intervals are narrow enough and no word is
/// `unstable`, or the cap is reached, or a side has yet to give its first value after kHopelessRounds.
bool is_decided(const Duel& duel, const GatePlan& plan, std::span<const RunRecord> records,
                std::span<const GateVerdict> verdicts);
inline constexpr int kHopelessRounds = 3;

/// Pure; one for each metric of each count check. `baseline` null: there is none yet. A baseline from another machine
/// is refused for counts that are not portable, one of another build type for all.
std::vector<GateVerdict> judge_counts(const GatePlan& plan, std::span<const RunRecord> records,
                                      const CountsBaseline* baseline, const EnvironmentRecord& here);

}  // namespace gauntlet
