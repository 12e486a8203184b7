// The HdrHistogram log: one line per histogram, read by every HdrHistogram log viewer.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/histogram.hpp"

namespace gauntlet {

struct HistogramLogEntry {
  std::string tag;     ///< no commas, white space or line breaks (asserted when written); empty: no tag
  double start_s = 0;  ///< since the log's start, or since the epoch: the log does not care
  double length_s = 0;
  Histogram histogram;  ///< nanoseconds
};

/// The whole text of a log, format version 1.3. `start_s` is seconds since the epoch.
std::string format_histogram_log(double start_s, const std::vector<HistogramLogEntry>& entries);

/// Comments and the legend are skipped. The error names the line and what is wrong with it.
std::expected<std::vector<HistogramLogEntry>, std::string> parse_histogram_log(std::string_view text);

}  // namespace gauntlet
