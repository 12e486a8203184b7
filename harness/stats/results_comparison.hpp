// Two results directories side by side: what did the change from the one to the other do?
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/stats/paired_ratio.hpp"
#include "harness/stats/verdict.hpp"
#include "harness/store/environment_record.hpp"
#include "harness/store/plan.hpp"

namespace gauntlet {

/// Borrowed from a ResultsDirectory.
struct ResultsView {
  const Plan& plan;
  const EnvironmentRecord& environment;
  std::span<const RunRecord> records;
};

/// One metric of one contender or floor in one cell.
struct ComparedMetric {
  std::string cell;
  std::string runtime;
  MetricInfo metric;
  bool paired = false;  ///< the rounds of the two were run in turn, so that ratios are taken round by round
  std::size_t rounds_a = 0, rounds_b = 0;
  /// Of the rounds; of a percentile, where histograms were kept, that of all of them (compare_directories).
  std::optional<double> median_a, median_b;
  PairedRatio ratio;  ///< b/a; unpaired: of the medians, with a bootstrap interval
  /// Of the sign test where paired, else of the Mann-Whitney test; the second one adjusted by Holm's procedure for all
  /// that is compared.
  std::optional<double> p, adjusted_p;
  PairedRatio noise;  ///< of the A/A pair that differs more from itself; without one, of a column's rounds two by two
  Verdict verdict;    ///< said of `b`
};

struct ResultsComparison {
  std::vector<ComparedMetric> metrics;
  std::vector<std::string> notes;  ///< one sentence each: what only one side has, and what weakens the comparison
};

/// Pure. `metrics` empty: those that the plan of `a` compares. Refused in one line: another machine, build type or
/// library (the revision may differ), no cell in common, other parameters in one, a metric that no common cell has.
std::expected<ResultsComparison, std::string> compare_results(const ResultsView& a, const ResultsView& b,
                                                              const std::vector<std::string>& metrics);

}  // namespace gauntlet
