#include "harness/cli/exit_code.hpp"

#include <map>
#include <utility>

#include "harness/stats/column_summary.hpp"

namespace gauntlet {

ExitCode exit_code_of(std::span<const RunRecord> records, const std::set<std::string>& required) {
  bool broken = false, unmeasured = false;
  // Of each negative control in each cell: whether it broke a must at least once.
  std::map<std::pair<std::string, std::string>, bool> caught;
  for (const RunRecord& record : records) {
    const bool broke_a_must = record.status == RunStatus::failed && gives_values(record);
    if (record.status == RunStatus::skipped) {
      broken |= required.contains(record.spec.runtime);
    } else if (record.status == RunStatus::invalid || (record.status == RunStatus::failed && !broke_a_must)) {
      unmeasured = true;
    } else if (record.spec.role == Role::negative_control) {
      caught[{record.spec.cell, record.spec.runtime}] |= broke_a_must;
    } else {
      broken |= broke_a_must;
    }
  }
  for (const auto& [control, was_caught] : caught) broken |= !was_caught;
  if (broken) return kMustBroken;
  return unmeasured ? kNotMeasured : kEveryMustHeld;
}

}  // namespace gauntlet
