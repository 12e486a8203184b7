#include "harness/export/columns.hpp"

#include <algorithm>

namespace gauntlet {

ColumnResult result_of(const Summary& summary, const CellSummary& cell, const ColumnSummary& column) {
  using Kind = ColumnResult::Kind;
  for (const ClaimSummary& claim : column.verdicts) {
    if (claim.expected) continue;
    if (column.role == Role::negative_control) {
      return {Kind::failed, "a negative control that held every must: the judge is broken"};
    }
    return {Kind::failed, claim.text};
  }
  // Breaking a must is what a negative control is there for, so its status says nothing; a crash is among the failures.
  if (column.role == Role::negative_control && column.status == RunStatus::failed) {
    const auto failure = std::ranges::find_if(summary.failures, [&](const FailureSummary& failed) {
      return failed.spec.cell == cell.plan.cell && failed.spec.runtime == column.runtime &&
             failed.spec.arm == column.arm;
    });
    if (failure == summary.failures.end()) return {Kind::passed, ""};
    return {Kind::errored, failure->reason};
  }
  switch (column.status) {
    case RunStatus::ok:
      return {Kind::passed, column.reason};
    case RunStatus::skipped:
      return {Kind::skipped, column.reason};
    case RunStatus::failed:
    case RunStatus::invalid:
      break;
  }
  return {Kind::errored, column.reason};
}

std::string name_of(const ColumnSummary& column) {
  return column.arm == "a" ? column.runtime : column.runtime + " (" + column.arm + ")";
}

std::string revision_of(const Summary& summary) {
  const auto* fact = find_fact(summary.environment, "revision");
  return fact != nullptr ? fact->value : "unknown";
}

}  // namespace gauntlet
