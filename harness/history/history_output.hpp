// What `gauntlet history METRIC` prints.
#pragma once

#include <string>

#include "harness/history/history_store.hpp"

namespace gauntlet {

/// A line per point, and one between two where the metric changed. Ends with a newline.
std::string history_text(const HistoryAnswer& answer);

/// {schema, machine, others, series: [{cell, runtime, metric, ..., points: [...], changes: [...]}]}
std::string history_json(const HistoryAnswer& answer);

}  // namespace gauntlet
