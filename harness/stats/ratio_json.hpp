// Ratios and intervals as every results file writes them. Only for sources that write JSON.
#pragma once

#include <optional>

#include "harness/stats/paired_ratio.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {

/// null where there is none.
Json number_json(const std::optional<double>& value);
void add_interval(Json& object, const char* low, const char* high, const std::optional<Interval>& interval);
/// ratio, low, high, pairs
void add_ratio(Json& object, const PairedRatio& ratio);

}  // namespace gauntlet
