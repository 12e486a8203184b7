// The summary of a bench for a terminal.
#pragma once

#include <string>

#include "harness/stats/summary.hpp"

namespace gauntlet {

/// For each cell its columns with the median of the primary metric, the ratio to the floor, and the verdict words; then
/// what failed. Ends with a newline.
std::string summary_table(const Summary& summary);

}  // namespace gauntlet
