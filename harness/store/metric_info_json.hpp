// What a metric is, as plan.json and summary.json say it. Only for sources that read or write them.
#pragma once

#include <vector>

#include "harness/store/json_fields.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

Json metric_infos_json(const std::vector<MetricInfo>& metrics);
/// Throws FieldError.
std::vector<MetricInfo> read_metric_infos(const Json& array);

}  // namespace gauntlet
