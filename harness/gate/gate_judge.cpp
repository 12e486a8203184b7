#include "harness/gate/gate_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/column_summary.hpp"
#include "harness/stats/holm.hpp"
#include "harness/stats/sign_test.hpp"
#include "harness/stats/stopping_rule.hpp"

namespace gauntlet {
namespace {

struct ArmRuns {
  RunList runs;
  ColumnSummary column;  ///< for status and reason
};

ArmRuns arm_runs(const std::string& name, const GateArm& arm, std::span<const RunRecord> records) {
  const PlanColumn column{.runtime = arm.runtime, .arm = arm.arm, .role = arm.role};
  const auto no_percentiles = [](std::span<const std::string>) { return PercentileList(); };
  ArmRuns result{.runs = runs_of(name, column, records), .column = {}};
  result.column = summarise_column(column, result.runs, {}, no_percentiles);
  return result;
}

std::optional<double> median_of(const ByRound& by_round) {
  std::vector<double> values;
  for (const auto& [round, value] : by_round) values.push_back(value);
  return values.empty() ? std::nullopt : std::optional(median(values));
}

PairedRatio times(PairedRatio ratio, double factor) {
  if (ratio.ratio) *ratio.ratio *= factor;
  if (ratio.interval) ratio.interval = Interval{ratio.interval->low * factor, ratio.interval->high * factor};
  return ratio;
}

std::optional<double> p_of(const ByRound& left, const ByRound& right) {
  std::vector<double> a, b;
  for (const auto& [round, value] : left) {
    const auto other = right.find(round);
    if (other == right.end() || value < 0 || other->second < 0) continue;
    a.push_back(value);
    b.push_back(other->second);
  }
  if (a.empty()) return std::nullopt;
  return sign_test(log_ratios(a, b));
}

/// A duel with the runs behind it.
class DuelJudge {
 public:
  DuelJudge(const Duel& duel, std::span<const RunRecord> records)
      : duel_(duel),
        head_(arm_runs(duel.name(), duel.arms[0], records)),
        against_(arm_runs(duel.name(), duel.arms[1], records)),
        again_(arm_runs(duel.name(), duel.arms[2], records)) {}

  /// All but the words and what they take.
  GateVerdict measure(const GatedMetric& metric) const {
    const ByRound left = values_by_round(head_.runs, metric.info.name);
    const ByRound right = values_by_round(against_.runs, metric.info.name);
    GateVerdict verdict{.kind = duel_.kind,
                        .cell = duel_.cell,
                        .runtime = duel_.runtime(),
                        .against = duel_.against(),
                        .metric = metric.info,
                        .limit = duel_.limit,
                        .minimum_effect = metric.minimum_effect,
                        .head = median_of(left),
                        .opponent = median_of(right),
                        .allowed = std::nullopt,
                        .ratio = ratio_of(left, right),
                        .noise = ratio_of(right, values_by_round(again_.runs, metric.info.name)),
                        .p = p_of(within_limit(left), right),
                        .adjusted_p = std::nullopt,
                        .verdict = {}};
    const bool opponent_failed = against_.column.status == RunStatus::failed;
    verdict.broken = head_.column.status == RunStatus::failed && !opponent_failed;
    return verdict;
  }

  void judge(GateVerdict& verdict, double alpha) const {
    if (verdict.broken) {
      verdict.verdict = {VerdictWord::invalid, fmt::format("{} failed and {} did not: {}", side_name(Build::head),
                                                           opponent_name(), head_.column.reason)};
      return;
    }
    const PairedRatio held = times(verdict.ratio, 1 / duel_.limit);
    verdict.verdict = judge_comparison(
        held, verdict.noise, verdict.metric.better, state(head_, side_name(Build::head), verdict.metric.name),
        state(against_, opponent_name(), verdict.metric.name),
        {.minimum_effect = verdict.minimum_effect, .alpha = alpha, .adjusted_p = verdict.adjusted_p});
    if (duel_.kind != GateKind::rival || !verdict.ratio.ratio) return;
    verdict.verdict.reason = fmt::format("{:.3g} times {}, and {:.3g} is the limit; against that {}",
                                         *verdict.ratio.ratio, duel_.against(), duel_.limit, verdict.verdict.reason);
  }

  int rounds() const { return static_cast<int>(std::min(head_.runs.size(), against_.runs.size())); }
  bool is_hopeless() const {
    return rounds() >= kHopelessRounds &&
           std::ranges::any_of(std::array{&head_, &against_, &again_},
                               [](const ArmRuns* arm) { return arm->column.rounds == 0; });
  }

 private:
  ByRound within_limit(ByRound values) const {
    for (auto& [round, value] : values) value /= duel_.limit;
    return values;
  }

  static std::string side_name(Build build) { return build == Build::head ? "this build" : "the base"; }
  std::string opponent_name() const { return duel_.kind == GateKind::build ? side_name(Build::base) : duel_.against(); }

  /// Skipped on both sides is skipped; on one side alone, nobody looked at what changed.
  SideState state(const ArmRuns& arm, const std::string& side, const std::string& metric) const {
    SideState state = state_of(arm.column, values_by_round(arm.runs, metric), metric);
    if (state.status == RunStatus::ok) return state;
    const bool both = head_.column.status == RunStatus::skipped && against_.column.status == RunStatus::skipped;
    if (state.status == RunStatus::skipped && !both && duel_.kind == GateKind::build) state.status = RunStatus::invalid;
    return {state.status, fmt::format("{}: {}", side, state.reason)};
  }

  const Duel& duel_;
  const ArmRuns head_, against_, again_;
};

void adjust(std::vector<GateVerdict>& verdicts) {
  std::vector<double> p;
  for (const GateVerdict& verdict : verdicts) {
    if (verdict.p) p.push_back(*verdict.p);
  }
  const auto adjusted = holm(p);
  std::size_t next = 0;
  for (GateVerdict& verdict : verdicts) {
    if (verdict.p) verdict.adjusted_p = adjusted[next++];
  }
}

/// Bounds that a count has to stay within.
struct Allowed {
  double low, high;
};

Allowed allowed(double baseline, const CountedMetric& metric) {
  const double distance = baseline * metric.tolerance + metric.slack;
  return {baseline - distance, baseline + distance};
}

Verdict judge_count(double value, double baseline, const CountedMetric& metric) {
  const Allowed bounds = allowed(baseline, metric);
  const bool lower = metric.info.better == Better::lower;
  const std::string shown = fmt::format("{:.6g} {} where the baseline has {:.6g} (tolerance {:.3g} %, slack {:.3g})",
                                        value, metric.info.unit, baseline, metric.tolerance * 100, metric.slack);
  if (lower ? value > bounds.high : value < bounds.low) return {VerdictWord::slower, shown};
  if (lower ? value < bounds.low : value > bounds.high) {
    return {VerdictWord::faster, shown + "; to keep it, update the baseline"};
  }
  return {VerdictWord::same, shown};
}

constexpr const char* kUpdate = "write one with gauntlet gate --update-counts";

/// Why the baseline cannot be used for the check; empty when it can.
std::string refusal(const CountCheck& check, const CountsBaseline* baseline, const EnvironmentRecord& here) {
  if (!baseline) return fmt::format("there is no stored baseline; {}", kUpdate);
  const auto is_build_type = [](const EnvironmentRecord::Fact& fact) { return fact.name == "compiler_flags"; };
  const std::string difference =
      environment_difference(baseline->environment, here, {"in the baseline", "here"},
                             check.portable ? CountsFact(is_build_type) : identifies_machine_or_build_type);
  if (!difference.empty()) {
    return fmt::format("the baseline comes from another machine or build type: {}; {}", difference, kUpdate);
  }
  const StoredCounts* stored = find_counts(*baseline, check.cell, check.runtime);
  if (!stored) return fmt::format("the baseline does not hold {}; {}", check.name(), kUpdate);
  for (const auto& [name, value] : check.params) {
    const auto other = stored->params.find(name);
    if (other != stored->params.end() && other->second == value) continue;
    return fmt::format("the baseline was counted with other parameters: {} ({} there, {} here); {}", name,
                       other == stored->params.end() ? "unknown" : other->second, value, kUpdate);
  }
  return {};
}

}  // namespace

std::vector<GateVerdict> judge_duels(const GatePlan& plan, std::span<const RunRecord> records) {
  std::vector<GateVerdict> verdicts;
  std::vector<DuelJudge> judges;
  for (const Duel& duel : plan.duels) {
    judges.emplace_back(duel, records);
    for (const GatedMetric& metric : duel.metrics) verdicts.push_back(judges.back().measure(metric));
  }
  adjust(verdicts);
  std::size_t next = 0;
  for (std::size_t i = 0; i < judges.size(); ++i) {
    for (std::size_t metric = 0; metric < plan.duels[i].metrics.size(); ++metric) {
      judges[i].judge(verdicts[next++], plan.alpha);
    }
  }
  return verdicts;
}

bool is_decided(const Duel& duel, const GatePlan& plan, std::span<const RunRecord> records,
                std::span<const GateVerdict> verdicts) {
  const DuelJudge judge(duel, records);
  if (judge.rounds() >= plan.most_rounds || judge.is_hopeless()) return true;
  return std::ranges::all_of(verdicts, [&](const GateVerdict& verdict) {
    if (verdict.cell != duel.cell || verdict.runtime != duel.runtime()) return true;
    if (judge.rounds() >= kHopelessRounds && (!verdict.head || !verdict.opponent)) return true;
    // The median is to be known to plus or minus the smallest effect that counts.
    const StoppingRule rule{.least_rounds = static_cast<std::size_t>(plan.least_rounds),
                            .most_rounds = static_cast<std::size_t>(plan.most_rounds),
                            .effect = 2 * verdict.minimum_effect};
    const Stop stop = should_stop(rule, verdict.ratio, verdict.noise);
    return stop == Stop::at_cap || (stop == Stop::precise && verdict.verdict.word != VerdictWord::unstable);
  });
}

std::vector<GateVerdict> judge_counts(const GatePlan& plan, std::span<const RunRecord> records,
                                      const CountsBaseline* baseline, const EnvironmentRecord& here) {
  std::vector<GateVerdict> verdicts;
  for (const CountCheck& check : plan.counts) {
    const ArmRuns arm =
        arm_runs(check.name(), {.arm = "head", .build = Build::head, .runtime = check.runtime}, records);
    const std::string refused = refusal(check, baseline, here);
    for (const CountedMetric& metric : check.metrics) {
      GateVerdict verdict{.kind = GateKind::count,
                          .cell = check.cell,
                          .runtime = check.runtime,
                          .against = "the baseline",
                          .metric = metric.info,
                          .minimum_effect = metric.tolerance,
                          .head = median_of(values_by_round(arm.runs, metric.info.name))};
      verdict.broken = arm.column.status == RunStatus::failed;
      if (!verdict.head || verdict.broken) {
        const SideState state = state_of(arm.column, {}, metric.info.name);
        verdict.verdict = {state.status == RunStatus::skipped ? VerdictWord::skipped : VerdictWord::invalid,
                           state.reason};
      } else if (!refused.empty()) {
        verdict.verdict = {VerdictWord::invalid, refused};
      } else {
        const auto& values = find_counts(*baseline, check.cell, check.runtime)->values;
        const auto stored = values.find(metric.info.name);
        if (stored == values.end()) {
          verdict.verdict = {VerdictWord::invalid,
                             fmt::format("the baseline does not hold {}; {}", metric.info.name, kUpdate)};
        } else {
          verdict.opponent = stored->second;
          verdict.allowed = metric.info.better == Better::lower ? allowed(stored->second, metric).high
                                                                : allowed(stored->second, metric).low;
          verdict.verdict = judge_count(*verdict.head, stored->second, metric);
        }
      }
      verdicts.push_back(std::move(verdict));
    }
  }
  return verdicts;
}

}  // namespace gauntlet
