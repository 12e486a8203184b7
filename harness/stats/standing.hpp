// Who stands where in a cell, in words.
#pragma once

#include <string>
#include <vector>

#include "harness/stats/cell_summary.hpp"

namespace gauntlet {

/// The columns as a table shows them: contenders by their medians of the metric, best first, and those without one
/// behind them; then the rest, as the plan has them.
std::vector<const ColumnSummary*> in_order(const CellSummary& cell, const std::string& metric);

/// The contender with the best median; null when none has one.
const ColumnSummary* leader_of(const CellSummary& cell, const std::string& metric);

/// `column` against `leader`: "slower, +8.5 % [+2.1 %, +9.0 %]", "same", "undecided, +1.0 % [-3.0 %, +4.0 %]"; the
/// change is the column's value against the leader's. Empty where the plan does not compare the two.
std::string standing_of(const CellSummary& cell, const std::string& metric, const ColumnSummary& leader,
                        const ColumnSummary& column);

/// One sentence on the primary metric: whom measurement told apart, and if nobody, why. Empty without two contenders.
std::string outcome_of(const CellSummary& cell);

}  // namespace gauntlet
