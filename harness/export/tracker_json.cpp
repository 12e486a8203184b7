#include <fmt/format.h>

#include <cmath>

#include "harness/export/columns.hpp"
#include "harness/export/writers.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

/// Calls `take(cell, column, name of the metric, its summary)` for all that is worth following over time: not the
/// second half of the A/A pair, and no figure that is not finite.
template <class Take>
void for_each_figure(const Summary& summary, Take take) {
  for (const CellSummary& cell : summary.cells) {
    for (const ColumnSummary& column : cell.columns) {
      if (column.arm != "a") continue;
      for (const auto& [name, metric] : column.metrics) {
        if (std::isfinite(metric.median)) take(cell, column, name, metric);
      }
    }
  }
}

std::string github_json(const Summary& summary, Better direction) {
  Json entries = Json::array();
  for_each_figure(summary, [&](const CellSummary& cell, const ColumnSummary& column, const std::string& name,
                               const MetricSummary& metric) {
    const MetricInfo* info = info_of(cell, name);
    if (info == nullptr || info->better != direction) return;
    Json entry = {{"name", fmt::format("{} {} {}", cell.plan.cell, column.runtime, name)},
                  {"unit", info->unit},
                  {"value", metric.median}};
    if (const auto& interval = metric.interval) {
      entry["range"] = fmt::format("{:.6g} to {:.6g}", interval->low, interval->high);
    }
    entry["extra"] = fmt::format("median of {} rounds\n{}", metric.values.size(), info->description);
    entries.push_back(std::move(entry));
  });
  return dump_pretty(entries);
}

}  // namespace

std::string bencher_json(const Summary& summary) {
  Json benchmarks = Json::object();
  for_each_figure(summary, [&](const CellSummary& cell, const ColumnSummary& column, const std::string& name,
                               const MetricSummary& metric) {
    Json& measure = benchmarks[cell.plan.cell + "/" + column.runtime][name];
    measure["value"] = metric.median;
    if (const auto& interval = metric.interval) {
      measure["lower_value"] = interval->low;
      measure["upper_value"] = interval->high;
    }
  });
  return dump_pretty(benchmarks);
}

std::string github_smaller_is_better_json(const Summary& summary) { return github_json(summary, Better::lower); }

std::string github_bigger_is_better_json(const Summary& summary) { return github_json(summary, Better::higher); }

}  // namespace gauntlet
