// Two results directories held against one another, as `compare` and `report --base` do it.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/cli/comparison_output.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {

struct ComparedDirectories {
  ResultsComparison comparison;
  ComparedSide a, b;
  int exit_code = 0;

  std::string json() const { return comparison_json(comparison, a, b, exit_code); }
};

/// Every word is said of `b`. `metrics`: empty for those of a's plan. An error names what makes the two incomparable.
std::expected<ComparedDirectories, std::string> compare_directories(const ResultsDirectory& a,
                                                                    const ResultsDirectory& b,
                                                                    const std::vector<std::string>& metrics);

}  // namespace gauntlet
