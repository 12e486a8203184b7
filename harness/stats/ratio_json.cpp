#include "harness/stats/ratio_json.hpp"

namespace gauntlet {

Json number_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

void add_interval(Json& object, const char* low, const char* high, const std::optional<Interval>& interval) {
  object[low] = interval ? Json(interval->low) : Json(nullptr);
  object[high] = interval ? Json(interval->high) : Json(nullptr);
}

void add_ratio(Json& object, const PairedRatio& ratio) {
  object["ratio"] = number_json(ratio.ratio);
  add_interval(object, "low", "high", ratio.interval);
  object["pairs"] = ratio.pairs;
}

}  // namespace gauntlet
