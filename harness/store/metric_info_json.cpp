#include "harness/store/metric_info_json.hpp"

namespace gauntlet {

Json metric_infos_json(const std::vector<MetricInfo>& metrics) {
  Json array = Json::array();
  for (const MetricInfo& metric : metrics) {
    Json object;
    object["name"] = metric.name;
    object["unit"] = metric.unit;
    object["better"] = word_of(metric.better);
    object["description"] = metric.description;
    array.push_back(std::move(object));
  }
  return array;
}

std::vector<MetricInfo> read_metric_infos(const Json& array) {
  std::vector<MetricInfo> metrics;
  for (const Json& object : array) {
    metrics.push_back({.name = field_as<std::string>(object, "name"),
                       .unit = field_as<std::string>(object, "unit"),
                       .better = field_enum<Better>(object, "better"),
                       .description = field_as<std::string>(object, "description")});
  }
  return metrics;
}

}  // namespace gauntlet
