// A histogram as the percentiles that a person reads: the `.hgrm` table, and the harness's short list.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/measure/histogram.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

struct PercentilePoint {
  double percent = 0;
  std::int64_t value = 0;             ///< highest equivalent, in the histogram's unit
  std::int64_t count_up_to_here = 0;  ///< values that do not exceed `value`
};

/// Points that get denser towards 100 %: `ticks_per_half` of them for each halving of the distance to it. The last
/// point is 100 %. Empty when the histogram is.
std::vector<PercentilePoint> percentile_points(const Histogram& histogram, int ticks_per_half = 5);

/// The text of a `.hgrm` file, as HdrHistogram's own plotter reads it. `unit` values make one of the table: 1000 turns
/// nanoseconds into microseconds.
std::string format_percentile_table(const Histogram& histogram, double unit = 1000);

/// Microseconds from a histogram of nanoseconds. A percentile stays absent unless about ten samples lie above it: p99
/// from 1,000 samples, p99.9 from 10,000, p99.99 from 100,000.
Percentiles summarise(const Histogram& histogram);

}  // namespace gauntlet
