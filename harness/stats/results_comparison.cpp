#include "harness/stats/results_comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/column_summary.hpp"
#include "harness/stats/holm.hpp"
#include "harness/stats/mann_whitney.hpp"
#include "harness/stats/sign_test.hpp"
#include "harness/store/environment_difference.hpp"
#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

using Names = std::vector<std::string>;
using Problem = std::optional<std::string>;

std::vector<double> values_of(const ByRound& by_round) {
  std::vector<double> values;
  for (const auto& [round, value] : by_round) values.push_back(value);
  return values;
}

std::optional<double> median_of(const ByRound& by_round) {
  if (by_round.empty()) return std::nullopt;
  return median(values_of(by_round));
}

/// Two sides were run in turn when each round of both was over before the next round of either began.
bool were_interleaved(const RunList& a, const RunList& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i]->spec.round != b[i]->spec.round || a[i]->started.empty() || b[i]->started.empty()) return false;
    if (i + 1 == a.size()) break;
    // ISO 8601 sorts as text.
    const auto& last_of_this = std::max(a[i]->started, b[i]->started);
    const auto& first_of_next = std::min(a[i + 1]->started, b[i + 1]->started);
    if (last_of_this > first_of_next) return false;
  }
  return !a.empty();
}

/// A column against itself, each even round with the odd one that follows it.
PairedRatio two_by_two(const ByRound& values) {
  std::vector<double> even, odd;
  for (auto first = values.begin(); first != values.end(); ++first) {
    const auto second = std::next(first);
    if (second == values.end()) break;
    even.push_back(first->second);
    odd.push_back(second->second);
    first = second;
  }
  return paired_ratio(even, odd);
}

PairedRatio noisier(const PairedRatio& x, const PairedRatio& y) {
  if (!x.interval || !y.interval) return x.interval ? x : y;
  return *noise_factor(x) >= *noise_factor(y) ? x : y;
}

PairedRatio a_a_noise(const ResultsView& results, const PlanCell& cell, const std::string& metric) {
  for (const PlanColumn& second : cell.columns) {
    if (second.arm != "aa") continue;
    const PlanColumn first{.runtime = second.runtime, .arm = "a", .role = second.role};
    return ratio_of(values_by_round(runs_of(cell.cell, first, results.records), metric),
                    values_by_round(runs_of(cell.cell, second, results.records), metric));
  }
  return {};
}

PairedRatio unpaired_ratio(const ByRound& left, const ByRound& right) {
  const auto a = values_of(left), b = values_of(right);
  PairedRatio ratio{.pairs = std::min(a.size(), b.size())};
  if (a.empty() || b.empty()) return ratio;
  const auto [least, most] = std::ranges::minmax(a);
  const bool all_equal = std::ranges::all_of(b, [&](double value) { return value == least; }) && least == most;
  if (all_equal) {
    ratio.ratio = 1;
    if (ratio.pairs >= kFewestForInterval) ratio.interval = Interval{1, 1};
  } else if (median(a) > 0) {
    ratio.ratio = median(b) / median(a);
    ratio.interval = bootstrap_median_ratio(b, a);
  }
  return ratio;
}

std::optional<double> p_of(bool paired, const ByRound& left, const ByRound& right) {
  if (left.empty() || right.empty()) return std::nullopt;
  if (!paired) return mann_whitney(values_of(right), values_of(left)).p;
  std::vector<double> a, b;
  for (const auto& [round, value] : left) {
    const auto other = right.find(round);
    if (other == right.end() || value < 0 || other->second < 0) continue;
    a.push_back(value);
    b.push_back(other->second);
  }
  return sign_test(log_ratios(b, a));
}

class Comparer {
 public:
  Comparer(const ResultsView& a, const ResultsView& b, const Names& metrics) : a_(a), b_(b), metrics_(metrics) {}

  Problem compare() {
    if (auto problem = find_cells()) return problem;
    if (auto problem = check_metrics()) return problem;
    for (const PlanCell* cell : cells_) compare_cell(*cell);
    judge();
    return std::nullopt;
  }
  ResultsComparison result;

 private:
  struct Row {
    ByRound left, right;
    SideState a, b;
  };

  Problem find_cells() {
    for (const PlanCell& cell : a_.plan.cells) {
      if (!find_cell(b_.plan, cell.cell)) {
        result.notes.push_back(fmt::format("{} is only in A", cell.cell));
        continue;
      }
      if (auto problem = check_parameters(cell.cell)) return problem;
      cells_.push_back(&cell);
    }
    for (const PlanCell& cell : b_.plan.cells) {
      if (!find_cell(a_.plan, cell.cell)) result.notes.push_back(fmt::format("{} is only in B", cell.cell));
    }
    if (!cells_.empty()) return std::nullopt;
    return fmt::format("the two have no cell in common: A holds {}, B holds {}", cell_names(a_.plan),
                       cell_names(b_.plan));
  }

  static std::string cell_names(const Plan& plan) {
    Names names;
    for (const PlanCell& cell : plan.cells) names.push_back(cell.cell);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
  }

  Problem check_parameters(const std::string& cell) const {
    const auto of_a = std::ranges::find(a_.plan.runs, cell, &RunSpec::cell);
    const auto of_b = std::ranges::find(b_.plan.runs, cell, &RunSpec::cell);
    if (of_a == a_.plan.runs.end() || of_b == b_.plan.runs.end() || of_a->params == of_b->params) return std::nullopt;
    Names differing;
    for (const auto& [name, value] : of_a->params) {
      const auto other = of_b->params.find(name);
      if (other != of_b->params.end() && other->second == value) continue;
      const std::string there = other == of_b->params.end() ? "unknown" : other->second;
      differing.push_back(fmt::format("{} ({} in A, {} in B)", name, value, there));
    }
    for (const auto& [name, value] : of_b->params) {
      if (!of_a->params.contains(name)) differing.push_back(fmt::format("{} (unknown in A, {} in B)", name, value));
    }
    return fmt::format("{} was measured with other parameters, so its figures cannot stand side by side: {}", cell,
                       fmt::join(differing, ", "));
  }

  Problem check_metrics() const {
    Names known;
    for (const PlanCell* cell : cells_) {
      for (const MetricInfo& metric : cell->metrics) known.push_back(metric.name);
    }
    std::ranges::sort(known);
    known.erase(std::ranges::unique(known).begin(), known.end());
    for (const std::string& metric : metrics_) {
      if (std::ranges::find(known, metric) != known.end()) continue;
      const auto near = near_matches(metric, known);
      return near.empty() ? fmt::format("unknown metric '{}'; known are: {}", metric, fmt::join(known, ", "))
                          : fmt::format("unknown metric '{}'; did you mean {}?", metric, fmt::join(near, " or "));
    }
    return std::nullopt;
  }

  void compare_cell(const PlanCell& cell) {
    const PlanCell& other = *find_cell(b_.plan, cell.cell);
    for (const PlanColumn& column : cell.columns) {
      // A negative control has no figures: it is there to break a must.
      if (column.arm != "a" || column.role == Role::negative_control) continue;
      if (std::ranges::find(other.columns, column) == other.columns.end()) {
        result.notes.push_back(fmt::format("{} {} is only in A", cell.cell, column.runtime));
        continue;
      }
      for (const std::string& metric : metrics_.empty() ? cell.compare : metrics_) {
        const auto info = std::ranges::find(cell.metrics, metric, &MetricInfo::name);
        if (info != cell.metrics.end()) compare_metric(cell, column, *info);
      }
    }
    for (const PlanColumn& column : other.columns) {
      if (column.arm == "a" && std::ranges::find(cell.columns, column) == cell.columns.end()) {
        result.notes.push_back(fmt::format("{} {} is only in B", cell.cell, column.runtime));
      }
    }
  }

  void compare_metric(const PlanCell& cell, const PlanColumn& column, const MetricInfo& metric) {
    const RunList of_a = runs_of(cell.cell, column, a_.records), of_b = runs_of(cell.cell, column, b_.records);
    Row row{.left = values_by_round(of_a, metric.name), .right = values_by_round(of_b, metric.name), .a = {}, .b = {}};
    row.a = state(column, of_a, row.left, metric.name, "A");
    row.b = state(column, of_b, row.right, metric.name, "B");
    // To be skipped on both sides is one thing; on one side alone, nobody looked at what changed.
    for (SideState* side : {&row.a, &row.b}) {
      if (side->status == RunStatus::skipped && row.left.empty() != row.right.empty())
        side->status = RunStatus::invalid;
    }
    const bool paired = were_interleaved(of_a, of_b);
    PairedRatio noise = noisier(a_a_noise(a_, cell, metric.name), a_a_noise(b_, cell, metric.name));
    if (!noise.interval) noise = noisier(two_by_two(row.left), two_by_two(row.right));
    result.metrics.push_back({.cell = cell.cell,
                              .runtime = column.runtime,
                              .metric = metric,
                              .paired = paired,
                              .rounds_a = row.left.size(),
                              .rounds_b = row.right.size(),
                              .median_a = median_of(row.left),
                              .median_b = median_of(row.right),
                              .ratio = paired ? ratio_of(row.right, row.left) : unpaired_ratio(row.left, row.right),
                              .p = p_of(paired, row.left, row.right),
                              .adjusted_p = std::nullopt,
                              .noise = noise,
                              .verdict = {}});
    rows_.push_back(std::move(row));
  }

  static SideState state(const PlanColumn& column, const RunList& runs, const ByRound& values,
                         const std::string& metric, const char* side) {
    const auto no_percentiles = [](std::span<const std::string>) { return PercentileList(); };
    SideState state = state_of(summarise_column(column, runs, {}, no_percentiles), values, metric);
    if (!state.reason.empty()) state.reason = fmt::format("{}: {}", side, state.reason);
    return state;
  }

  void judge() {
    std::vector<double> p;
    for (const ComparedMetric& metric : result.metrics) {
      if (metric.p) p.push_back(*metric.p);
    }
    const auto adjusted = holm(p);
    std::size_t next = 0;
    bool all_paired = true;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      ComparedMetric& metric = result.metrics[i];
      if (metric.p) metric.adjusted_p = adjusted[next++];
      all_paired = all_paired && metric.paired;
      metric.verdict = judge_comparison(metric.ratio, metric.noise, metric.metric.better, rows_[i].b, rows_[i].a,
                                        {.adjusted_p = metric.adjusted_p, .paired = metric.paired});
    }
    if (all_paired) return;
    result.notes.emplace_back(
        "the two were measured one after the other, so a drift of the machine in between looks like a change; "
        "`gauntlet gate --base REF` measures both in turn");
  }

  const ResultsView& a_;
  const ResultsView& b_;
  const Names& metrics_;
  std::vector<const PlanCell*> cells_;  ///< of `a`
  std::vector<Row> rows_;               ///< behind result.metrics
};

}  // namespace

std::expected<ResultsComparison, std::string> compare_results(const ResultsView& a, const ResultsView& b,
                                                              const std::vector<std::string>& metrics) {
  const std::string difference =
      environment_difference(a.environment, b.environment, {"in A", "in B"}, identifies_machine_or_build_type);
  if (!difference.empty()) {
    return std::unexpected(
        fmt::format("the two come from different machines or build types, and their figures cannot stand side by side; "
                    "measure both here. What differs: {}",
                    difference));
  }
  Comparer comparer(a, b, metrics);
  if (auto problem = comparer.compare()) return std::unexpected(std::move(*problem));
  return std::move(comparer.result);
}

}  // namespace gauntlet
