// One writer per format, from summaries to text. All are pure, and escape whatever names and reasons hold.
#pragma once

#include <span>
#include <string>

#include "harness/export/export_format.hpp"
#include "harness/stats/summary.hpp"

namespace gauntlet {

/// A test suite per cell, a test case per column of it. A broken must is a failure, what could not be measured an
/// error.
std::string junit_xml(const Summary& summary);

/// An entry per round and one for the median, all metrics as counters. `cpu_time` is the subject's CPU per request and
/// `real_time` the median latency; where a cell has no such metric, its first one that is a time; else 0.
std::string google_benchmark_json(const Summary& summary);

/// `time`, `commit`, then a column per cell, runtime and metric with its median. Otava refuses a row with an empty
/// value, so a column is there only when every summary has it.
std::string otava_csv(std::span<const Summary> summaries);

/// Gauges `gauntlet_METRIC` with the labels cell, runtime, arm and statistic (median, low, high).
std::string openmetrics_text(const Summary& summary);

/// {"CELL/RUNTIME": {"METRIC": {value, lower_value, upper_value}}}
std::string bencher_json(const Summary& summary);

/// [{name, unit, value, range, extra}]: the metrics of either direction; the action takes one direction a file.
std::string github_smaller_is_better_json(const Summary& summary);
std::string github_bigger_is_better_json(const Summary& summary);

/// A table per cell, the primary metric in it.
std::string markdown_tables(const Summary& summary);

/// `CELL;RUNTIME;THREAD;OUTERMOST;...;INNERMOST COUNT`, the rounds of a runtime added up. In order of the text.
std::string folded_stacks(std::span<const ProfiledRun> runs);

}  // namespace gauntlet
