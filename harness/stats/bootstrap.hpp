// Intervals by resampling: what would another set of rounds have shown?
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/stats/median.hpp"

namespace gauntlet {

struct BootstrapOptions {
  std::uint64_t seed = 1;  ///< the same seed gives the same interval, on every platform
  std::size_t resamples = 2000;
  double confidence = 0.95;
};

// Percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). It tends to be a
// little too narrow for few values, so verdicts of paired rounds rest on the exact median_interval() instead.

/// Of the median. Nothing below kFewestForInterval values.
std::optional<Interval> bootstrap_median(std::span<const double> values, const BootstrapOptions& options = {});

/// Of median(a)/median(b), where the values are in no pairs: each side is resampled by itself. Nothing when a side has
/// fewer than kFewestForInterval values, or one that is not above zero.
std::optional<Interval> bootstrap_median_ratio(std::span<const double> a, std::span<const double> b,
                                               const BootstrapOptions& options = {});

}  // namespace gauntlet
