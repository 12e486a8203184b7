// What a process consumed in each part of a window, for the lanes under a chart of its latency.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/measure/process_sample.hpp"

namespace gauntlet {

struct ResourceInterval {
  double start_s = 0;  ///< since the window began
  double length_s = 0;
  double cpu_s = 0;             ///< user and system, all threads
  std::uint64_t rss_bytes = 0;  ///< at the interval's end
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
  bool operator==(const ResourceInterval&) const = default;
};

/// `window_start_ns` is on the clock of the samples.
ResourceInterval interval_between(const ProcessSample& before, const ProcessSample& after,
                                  std::int64_t window_start_ns);

struct ResourceLanes {
  std::string tag;  ///< of the histograms that belong to the same window; no commas (asserted when written)
  std::vector<ResourceInterval> intervals;
};

/// CSV with a header, one line per interval.
std::string format_lanes(const std::vector<ResourceLanes>& lanes);

}  // namespace gauntlet
