#include "harness/cli/summary_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/figure_text.hpp"
#include "harness/stats/standing.hpp"
#include "harness/store/words.hpp"

namespace gauntlet {
namespace {

std::string label_of(const ColumnSummary& column) {
  if (column.role == Role::reference) return column.runtime + " (floor)";
  if (column.role == Role::negative_control) return column.runtime + " (negative control)";
  return column.arm == "a" ? column.runtime : column.runtime + " (again)";
}

/// What went otherwise than the column's role calls for, or nothing.
std::string remark_on(const ColumnSummary& column) {
  for (const ClaimSummary& claim : column.verdicts) {
    if (claim.expected) continue;
    return column.role == Role::negative_control ? "NOT CAUGHT: it held every must" : "MUST BROKEN: " + claim.text;
  }
  for (const ClaimSummary& claim : column.verdicts) {
    if (column.role == Role::negative_control && !claim.met) return "caught: " + claim.text;
    if (claim.kind == ClaimKind::headline && !claim.met) return "headline missed: " + claim.text;
  }
  if (column.status == RunStatus::ok) return column.reason;
  return fmt::format("{}: {}", word_of(column.status), column.reason);
}

/// Below six rounds every word would be `unstable`, which outcome_of() says once.
bool has_verdicts(const CellSummary& cell) {
  return std::ranges::any_of(cell.comparisons, [](const ComparisonSummary& comparison) {
    return comparison.ratio.pairs >= kFewestForInterval;
  });
}

/// One row per column; the floor's ratio and the remarks belong to the primary metric.
void add_rows(std::string& text, const CellSummary& cell, const std::string& metric) {
  const bool is_primary = metric == cell.plan.primary;
  const ColumnSummary* leader = leader_of(cell, metric);
  std::size_t width = 0;
  for (const ColumnSummary& column : cell.columns) width = std::max(width, label_of(column).size());
  for (const ColumnSummary* column : in_order(cell, metric)) {
    const auto found = column->metrics.find(metric);
    if (!is_primary && (found == column->metrics.end() || column->arm != "a")) continue;
    const std::string median =
        figure_text(found == column->metrics.end() ? std::nullopt : std::optional(found->second.median));
    std::string line = fmt::format("  {:<{}}  {:>10}", label_of(*column), width, median);
    if (is_primary && !cell.plan.reference.empty()) {
      const auto ratio = column->to_reference.find(metric);
      const bool known = ratio != column->to_reference.end() && column->role != Role::reference;
      line += fmt::format("  {:<23}", known ? ratio_text(ratio->second, "-") : "");
    }
    if (leader != nullptr && has_verdicts(cell)) line += "  " + standing_of(cell, metric, *leader, *column);
    if (const std::string remark = is_primary ? remark_on(*column) : ""; !remark.empty()) line += "  " + remark;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
}

void add_metric(std::string& text, const CellSummary& cell, const std::string& metric) {
  const MetricInfo* info = info_of(cell, metric);
  text += fmt::format("  {}", metric);
  if (info != nullptr) {
    text += fmt::format(" in {}, {} is better", info->unit, info->better == Better::higher ? "higher" : "lower");
  }
  if (metric == cell.plan.primary && !cell.plan.reference.empty()) {
    text += fmt::format("; its ratio to {}", cell.plan.reference);
  }
  const ColumnSummary* leader = leader_of(cell, metric);
  if (leader != nullptr && has_verdicts(cell)) text += fmt::format("; against {}", leader->runtime);
  text += "\n";
  add_rows(text, cell, metric);
}

}  // namespace

std::string summary_table(const Summary& summary) {
  std::string text;
  for (const CellSummary& cell : summary.cells) {
    text += fmt::format("\n{}: {}\n", cell.plan.cell, cell.plan.title);
    add_metric(text, cell, cell.plan.primary);
    for (const std::string& metric : cell.plan.compare) {
      if (metric != cell.plan.primary) add_metric(text, cell, metric);
    }
    if (const std::string outcome = outcome_of(cell); !outcome.empty()) text += "  " + outcome + "\n";
  }
  if (!summary.failures.empty()) text += "\nNot measured, or failed:\n";
  for (const FailureSummary& failure : summary.failures) {
    text += fmt::format("  run {} {} {} round {}: {}: {}\n", failure.spec.index, failure.spec.cell,
                        failure.spec.runtime, failure.spec.round + 1, word_of(failure.status), failure.reason);
  }
  return text;
}

}  // namespace gauntlet
