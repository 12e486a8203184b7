// The summary of a bench for a terminal.
#pragma once

#include <string>

#include "harness/stats/summary.hpp"

namespace gauntlet {

/// For each cell its columns, best first, with the median of the primary metric, the ratio to the floor, and how they
/// stand against the first; the same for the other metrics that the cell compares; whom all that told apart; then what
/// failed. Ends with a newline.
std::string summary_table(const Summary& summary);

}  // namespace gauntlet
