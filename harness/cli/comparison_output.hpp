// What `gauntlet compare` prints.
#pragma once

#include <string>

#include "harness/stats/results_comparison.hpp"

namespace gauntlet {

/// Where the two came from.
struct ComparedSide {
  std::string path;
  std::string revision;  ///< "unknown" where nobody noted it
};

/// One line a metric, with verdict word and reason, then the notes. Ends with a newline.
std::string comparison_table(const ResultsComparison& comparison, const ComparedSide& a, const ComparedSide& b);

/// {schema, a, b, metrics: [...], notes, exit_code}
std::string comparison_json(const ResultsComparison& comparison, const ComparedSide& a, const ComparedSide& b,
                            int exit_code);

}  // namespace gauntlet
