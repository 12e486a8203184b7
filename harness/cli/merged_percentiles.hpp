// Percentiles of several runs: their histograms merged, never their percentiles averaged.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "harness/measure/histogram.hpp"
#include "harness/stats/column_summary.hpp"

namespace gauntlet {

/// Reads the histograms that the records of one results directory name. Hand it to summarise() by std::ref.
class MergedPercentiles {
 public:
  explicit MergedPercentiles(std::filesystem::path results) : results_(std::move(results)) {}

  /// At 0.1 to 0.9, 0.91 to 0.99 and so on. The list ends where fewer than ten samples lie above. What cannot be read
  /// is left out and told by problems().
  PercentileList operator()(std::span<const std::string> references);

  /// Nothing where no histogram could be read, or all are empty.
  std::optional<double> percentile_us(std::span<const std::string> references, double percent);

  /// One sentence each; empty when every histogram could be read.
  const std::set<std::string>& problems() const { return problems_; }

 private:
  std::optional<Histogram> merge(std::span<const std::string> references);

  const std::filesystem::path results_;
  std::set<std::string> problems_;
};

}  // namespace gauntlet
