#include <fmt/format.h>

#include "harness/export/columns.hpp"
#include "harness/export/escaping.hpp"
#include "harness/export/writers.hpp"
#include "harness/stats/figure_text.hpp"

namespace gauntlet {
namespace {

std::string median_text(const MetricSummary& metric) {
  if (!metric.interval) return figure_text(metric.median);
  return fmt::format("{} [{}, {}]", figure_text(metric.median), figure_text(metric.interval->low),
                     figure_text(metric.interval->high));
}

std::string ending_of(const ColumnResult& result) {
  const char* word = "passed";
  if (result.kind == ColumnResult::Kind::failed) word = "**failed**";
  if (result.kind == ColumnResult::Kind::errored) word = "**not measured**";
  if (result.kind == ColumnResult::Kind::skipped) word = "skipped";
  return word + (result.reason.empty() ? "" : ": " + markdown_escaped(result.reason));
}

std::string row_of(const Summary& summary, const CellSummary& cell, const ColumnSummary& column) {
  const auto metric = column.metrics.find(cell.plan.primary);
  const auto ratio = column.to_reference.find(cell.plan.primary);
  return fmt::format("| {} | {} | {} | {} |\n", markdown_escaped(name_of(column)),
                     metric == column.metrics.end() ? "" : median_text(metric->second),
                     ratio == column.to_reference.end() ? "" : ratio_text(ratio->second, ""),
                     ending_of(result_of(summary, cell, column)));
}

}  // namespace

std::string markdown_tables(const Summary& summary) {
  std::string text = fmt::format("## Gauntlet: {}\n\nRevision {}, {} of {} runs.\n", markdown_escaped(summary.suite),
                                 markdown_escaped(revision_of(summary)), summary.runs_finished, summary.runs_planned);
  for (const CellSummary& cell : summary.cells) {
    const MetricInfo* info = info_of(cell, cell.plan.primary);
    const char* direction = info != nullptr && info->better == Better::higher ? "higher" : "lower";
    text += fmt::format("\n### {}: {}\n\n", markdown_escaped(cell.plan.cell), markdown_escaped(cell.plan.title));
    const std::string to_floor = cell.plan.reference.empty() ? "" : "to " + markdown_escaped(cell.plan.reference);
    text += fmt::format("| runtime | {} ({}, {} is better) | {} | |\n|---|---|---|---|\n",
                        markdown_escaped(cell.plan.primary), markdown_escaped(info != nullptr ? info->unit : ""),
                        direction, to_floor);
    for (const ColumnSummary& column : cell.columns) text += row_of(summary, cell, column);
  }
  return text;
}

}  // namespace gauntlet
