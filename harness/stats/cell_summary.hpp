// One cell: its columns, who beats whom, and the ranking.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/stats/column_summary.hpp"

namespace gauntlet {

struct ComparisonSummary {
  std::string metric;
  std::string a, b;
  PairedRatio ratio;              ///< a/b
  std::optional<Interval> noise;  ///< of the A/A pair
  Verdict verdict;                ///< said of `a`
};

struct CellSummary {
  PlanCell plan;
  std::map<std::string, std::string> params;
  std::vector<ColumnSummary> columns;  ///< in the order of the plan's columns
  std::vector<ComparisonSummary> comparisons;
  std::vector<std::vector<std::string>> ranking;
};

/// The metric's declaration; null when the cell's plan has none.
const MetricInfo* info_of(const CellSummary& cell, const std::string& metric);

/// `records` may hold other cells' runs, too. Contenders are compared pair by pair, each pair once; floors and negative
/// controls are not ranked.
CellSummary summarise_cell(const PlanCell& cell, const std::map<std::string, std::string>& params,
                           std::span<const RunRecord> records, const PercentileSource& percentiles);

}  // namespace gauntlet
