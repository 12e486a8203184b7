#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "harness/export/columns.hpp"
#include "harness/export/escaping.hpp"
#include "harness/export/writers.hpp"

namespace gauntlet {
namespace {

using Row = std::map<std::string, double>;

/// The first half of the A/A pair alone: the second one is no other thing to follow.
Row row_of(const Summary& summary) {
  Row row;
  for (const CellSummary& cell : summary.cells) {
    for (const ColumnSummary& column : cell.columns) {
      if (column.arm != "a") continue;
      for (const auto& [name, metric] : column.metrics) {
        if (std::isfinite(metric.median)) row[cell.plan.cell + "." + column.runtime + "." + name] = metric.median;
      }
    }
  }
  return row;
}

/// "2026-01-31T12:00:00Z" as "2026-01-31 12:00:00 +0000".
std::string otava_time(std::string time) {
  std::ranges::replace(time, 'T', ' ');
  if (time.ends_with('Z')) time.replace(time.size() - 1, 1, " +0000");
  return time;
}

}  // namespace

std::string otava_csv(std::span<const Summary> summaries) {
  std::vector<const Summary*> ordered;
  for (const Summary& summary : summaries) ordered.push_back(&summary);
  std::ranges::sort(ordered, {}, [](const Summary* summary) { return summary->created; });
  std::vector<Row> rows;
  for (const Summary* summary : ordered) rows.push_back(row_of(*summary));

  std::vector<std::string> names;
  for (const auto& [name, value] : rows.front()) {
    if (std::ranges::all_of(rows, [&name](const Row& row) { return row.contains(name); })) names.push_back(name);
  }
  std::string text = "time,commit";
  for (const std::string& name : names) text += "," + csv_escaped(name);
  text += "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += csv_escaped(otava_time(ordered[i]->created)) + "," + csv_escaped(revision_of(*ordered[i]));
    for (const std::string& name : names) text += fmt::format(",{:.9g}", rows[i].at(name));
    text += "\n";
  }
  return text;
}

}  // namespace gauntlet
