// The median, and its exact interval from order statistics: no assumption on how the values are distributed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace gauntlet {

/// No exact 95 % interval of a median exists below this many values (five give at most 93.75 %).
inline constexpr std::size_t kFewestForInterval = 6;

struct Interval {
  double low = 0, high = 0;
  bool operator==(const Interval&) const = default;
};

/// The mean of the two middle values where their number is even. `values` must not be empty (asserted). Infinities
/// are ordinary values here; NaN is not allowed.
double median(std::span<const double> values);

/// Ranks, counted from 1, of the values that bound the median with at least `confidence`, and what they really cover.
struct OrderRanks {
  std::size_t low = 0, high = 0;
  double coverage = 0;
};

/// The narrowest symmetric pair of ranks; nothing when even the extremes cover less than `confidence`.
std::optional<OrderRanks> median_ranks(std::size_t count, double confidence = 0.95);

/// Nothing below kFewestForInterval values.
std::optional<Interval> median_interval(std::span<const double> values);

}  // namespace gauntlet
