// Two contenders compared round by round, so that what disturbs a whole round disturbs both alike.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/stats/median.hpp"

namespace gauntlet {

/// a/b. Medians and intervals are taken of log-ratios, so that swapping the sides exactly inverts the result.
struct PairedRatio {
  std::size_t pairs = 0;
  std::optional<double> ratio = std::nullopt;       ///< the median; absent without pairs, or where it has no meaning
  std::optional<Interval> interval = std::nullopt;  ///< at least 95 %; absent below kFewestForInterval pairs
};

/// log(a[i]/b[i]): 0 for a pair of zeros, infinite where one is zero. As many of each, none negative (asserted).
std::vector<double> log_ratios(std::span<const double> a, std::span<const double> b);

/// `a[i]` and `b[i]` are of the same round; as many of each (asserted). Values are costs or rates and not negative: a
/// pair of zeros is equal (ratio 1), a zero against something is an infinite log-ratio, so the ratio may come out as 0
/// or infinite. With a negative value there is no ratio, only the number of pairs.
PairedRatio paired_ratio(std::span<const double> a, std::span<const double> b);

}  // namespace gauntlet
