#include "harness/cli/summary_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/figure_text.hpp"
#include "harness/store/words.hpp"

namespace gauntlet {
namespace {

std::string ratio_text(const PairedRatio& ratio) {
  if (!ratio.ratio) return "-";
  if (!ratio.interval) return fmt::format("{:.3f}", *ratio.ratio);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", *ratio.ratio, ratio.interval->low, ratio.interval->high);
}

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

void add_columns(std::string& text, const CellSummary& cell) {
  std::size_t width = 0;
  for (const ColumnSummary& column : cell.columns) width = std::max(width, label_of(column).size());
  for (const ColumnSummary& column : cell.columns) {
    const auto metric = column.metrics.find(cell.plan.primary);
    const std::string median =
        figure_text(metric == column.metrics.end() ? std::nullopt : std::optional(metric->second.median));
    std::string line = fmt::format("  {:<{}}  {:>10}", label_of(column), width, median);
    if (!cell.plan.reference.empty()) {
      const auto ratio = column.to_reference.find(cell.plan.primary);
      const bool known = ratio != column.to_reference.end() && column.role != Role::reference;
      line += fmt::format("  {:<23}", known ? ratio_text(ratio->second) : "");
    }
    if (const std::string remark = remark_on(column); !remark.empty()) line += "  " + remark;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
}

void add_comparisons(std::string& text, const CellSummary& cell) {
  for (const ComparisonSummary& comparison : cell.comparisons) {
    text += fmt::format("  {} against {}: {} on {}, {}\n", comparison.a, comparison.b, word_of(comparison.verdict.word),
                        comparison.metric, ratio_text(comparison.ratio));
  }
}

}  // namespace

std::string summary_table(const Summary& summary) {
  std::string text;
  for (const CellSummary& cell : summary.cells) {
    const auto info = std::ranges::find(cell.plan.metrics, cell.plan.primary, &MetricInfo::name);
    const std::string better = info == cell.plan.metrics.end() ? "" : fmt::format(" is better, in {}", info->unit);
    const char* direction = info != cell.plan.metrics.end() && info->better == Better::higher ? "higher" : "lower";
    text += fmt::format("\n{}: {}\n  {} ({}{}){}\n", cell.plan.cell, cell.plan.title, cell.plan.primary, direction,
                        better, cell.plan.reference.empty() ? "" : ", ratio to " + cell.plan.reference);
    add_columns(text, cell);
    add_comparisons(text, cell);
  }
  if (!summary.failures.empty()) text += "\nNot measured, or failed:\n";
  for (const FailureSummary& failure : summary.failures) {
    text += fmt::format("  run {} {} {} round {}: {}: {}\n", failure.spec.index, failure.spec.cell,
                        failure.spec.runtime, failure.spec.round + 1, word_of(failure.status), failure.reason);
  }
  return text;
}

}  // namespace gauntlet
