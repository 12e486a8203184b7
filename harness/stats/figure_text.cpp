#include "harness/stats/figure_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gauntlet {

std::string figure_text(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  return std::abs(*value) >= 1000 ? fmt::format("{:.0f}", *value) : fmt::format("{:.3g}", *value);
}

std::string ratio_text(const PairedRatio& ratio, const std::string& none) {
  if (!ratio.ratio) return none;
  if (!ratio.interval) return fmt::format("{:.3f}", *ratio.ratio);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", *ratio.ratio, ratio.interval->low, ratio.interval->high);
}

}  // namespace gauntlet
