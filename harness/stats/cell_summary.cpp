#include "harness/stats/cell_summary.hpp"

#include <algorithm>

#include "harness/stats/ranking.hpp"

namespace gauntlet {
namespace {

/// A column with the runs behind it.
struct Side {
  const ColumnSummary* column;
  const RunList* runs;
};

class CellComparer {
 public:
  CellComparer(const PlanCell& cell, const std::vector<ColumnSummary>& columns, const std::vector<RunList>& runs)
      : cell_(cell) {
    for (std::size_t i = 0; i < columns.size(); ++i) sides_.push_back({&columns[i], &runs[i]});
  }

  std::vector<ComparisonSummary> compare() const {
    std::vector<ComparisonSummary> comparisons;
    for (const std::string& metric : cell_.compare) {
      const PairedRatio a_a = noise(metric);
      for (std::size_t i = 0; i < sides_.size(); ++i) {
        for (std::size_t j = i + 1; j < sides_.size(); ++j) {
          if (is_compared(sides_[i]) && is_compared(sides_[j])) {
            comparisons.push_back(compare(metric, sides_[i], sides_[j], a_a));
          }
        }
      }
    }
    return comparisons;
  }

  std::vector<std::vector<std::string>> ranking(const std::vector<ComparisonSummary>& comparisons) const {
    std::vector<Ranked> ranked;
    for (const Side& side : sides_) {
      if (!is_compared(side)) continue;
      std::vector<double> values;
      for (const auto& [round, value] : values_by_round(*side.runs, cell_.primary)) values.push_back(value);
      if (!values.empty()) ranked.push_back({side.column->runtime, median(values)});
    }
    const auto is_faster = [&](const std::string& x, const std::string& y) {
      return std::ranges::any_of(comparisons, [&](const ComparisonSummary& comparison) {
        if (comparison.metric != cell_.primary) return false;
        const bool forwards = comparison.a == x && comparison.b == y && comparison.verdict.word == VerdictWord::faster;
        const bool backwards = comparison.a == y && comparison.b == x && comparison.verdict.word == VerdictWord::slower;
        return forwards || backwards;
      });
    };
    return rank(std::move(ranked), better(cell_.primary), is_faster);
  }

 private:
  static bool is_compared(const Side& side) { return side.column->role == Role::contender && side.column->arm == "a"; }

  Better better(const std::string& metric) const {
    const auto info = std::ranges::find(cell_.metrics, metric, &MetricInfo::name);
    return info == cell_.metrics.end() ? Better::lower : info->better;
  }

  PairedRatio noise(const std::string& metric) const {
    for (const Side& second : sides_) {
      if (second.column->arm != "aa") continue;
      for (const Side& first : sides_) {
        if (first.column->runtime != second.column->runtime || first.column->arm != "a") continue;
        return ratio_of(values_by_round(*first.runs, metric), values_by_round(*second.runs, metric));
      }
    }
    return {};
  }

  ComparisonSummary compare(const std::string& metric, const Side& a, const Side& b, const PairedRatio& a_a) const {
    const ByRound left = values_by_round(*a.runs, metric);
    const ByRound right = values_by_round(*b.runs, metric);
    ComparisonSummary comparison{.metric = metric,
                                 .a = a.column->runtime,
                                 .b = b.column->runtime,
                                 .ratio = ratio_of(left, right),
                                 .noise = a_a.interval,
                                 .verdict = {}};
    comparison.verdict = judge_comparison(comparison.ratio, a_a, better(metric), state_of(*a.column, left, metric),
                                          state_of(*b.column, right, metric));
    return comparison;
  }

  const PlanCell& cell_;
  std::vector<Side> sides_;
};

void add_distances(std::vector<ColumnSummary>& columns, const std::vector<RunList>& runs, const PlanCell& cell) {
  const auto is_floor = [&cell](const ColumnSummary& column) {
    return column.role == Role::reference && column.runtime == cell.reference;
  };
  const auto floor = std::ranges::find_if(columns, is_floor);
  if (floor == columns.end()) return;
  const RunList& floor_runs = runs[static_cast<std::size_t>(floor - columns.begin())];
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (is_floor(columns[i])) continue;
    for (const MetricInfo& metric : cell.metrics) {
      const PairedRatio ratio =
          ratio_of(values_by_round(runs[i], metric.name), values_by_round(floor_runs, metric.name));
      if (ratio.ratio) columns[i].to_reference[metric.name] = ratio;
    }
  }
}

}  // namespace

const MetricInfo* info_of(const CellSummary& cell, const std::string& metric) {
  const auto found = std::ranges::find(cell.plan.metrics, metric, &MetricInfo::name);
  return found == cell.plan.metrics.end() ? nullptr : &*found;
}

CellSummary summarise_cell(const PlanCell& cell, const std::map<std::string, std::string>& params,
                           std::span<const RunRecord> records, const PercentileSource& percentiles) {
  CellSummary summary{.plan = cell, .params = params, .columns = {}, .comparisons = {}, .ranking = {}};
  std::vector<RunList> runs;
  for (const PlanColumn& column : cell.columns) {
    runs.push_back(runs_of(cell.cell, column, records));
    summary.columns.push_back(summarise_column(column, runs.back(), cell.metrics, percentiles));
  }
  add_distances(summary.columns, runs, cell);
  const CellComparer comparer(cell, summary.columns, runs);
  summary.comparisons = comparer.compare();
  summary.ranking = comparer.ranking(summary.comparisons);
  return summary;
}

}  // namespace gauntlet
