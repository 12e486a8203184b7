// What every writer asks of a column.
#pragma once

#include <string>

#include "harness/stats/summary.hpp"

namespace gauntlet {

/// How a column ended, in the terms of test reports. A negative control that was caught has passed.
struct ColumnResult {
  enum class Kind { passed, failed, errored, skipped } kind = Kind::passed;
  std::string reason;  ///< one sentence
};
ColumnResult result_of(const Summary& summary, const CellSummary& cell, const ColumnSummary& column);

/// "single_loop", "single_loop (aa)".
std::string name_of(const ColumnSummary& column);

/// Of the revision that was measured, "unknown" where nobody knows.
std::string revision_of(const Summary& summary);

}  // namespace gauntlet
