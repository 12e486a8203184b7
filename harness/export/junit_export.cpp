#include <fmt/format.h>

#include "harness/export/columns.hpp"
#include "harness/export/junit_document.hpp"
#include "harness/export/writers.hpp"

namespace gauntlet {
namespace {

JunitCase::Kind kind_of(ColumnResult::Kind kind) {
  switch (kind) {
    case ColumnResult::Kind::passed:
      return JunitCase::Kind::passed;
    case ColumnResult::Kind::failed:
      return JunitCase::Kind::failed;
    case ColumnResult::Kind::errored:
      return JunitCase::Kind::errored;
    case ColumnResult::Kind::skipped:
      break;
  }
  return JunitCase::Kind::skipped;
}

std::string figures_of(const CellSummary& cell, const ColumnSummary& column) {
  std::string text;
  for (const auto& [name, metric] : column.metrics) {
    const MetricInfo* info = info_of(cell, name);
    text += fmt::format("{}: {:.6g} {} (median of {})\n", name, metric.median, info != nullptr ? info->unit : "",
                        metric.values.size());
  }
  return text;
}

}  // namespace

std::string junit_xml(const Summary& summary) {
  std::vector<JunitSuite> suites;
  for (const CellSummary& cell : summary.cells) {
    JunitSuite suite{.name = cell.plan.cell, .timestamp = summary.created, .cases = {}};
    for (const ColumnSummary& column : cell.columns) {
      const ColumnResult result = result_of(summary, cell, column);
      suite.cases.push_back({.class_name = "gauntlet." + cell.plan.cell,
                             .name = name_of(column),
                             .kind = kind_of(result.kind),
                             .message = result.reason,
                             .output = figures_of(cell, column)});
    }
    suites.push_back(std::move(suite));
  }
  return to_xml("gauntlet " + summary.suite, suites);
}

}  // namespace gauntlet
