#include "harness/stats/figure_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gauntlet {

std::string figure_text(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  return std::abs(*value) >= 1000 ? fmt::format("{:.0f}", *value) : fmt::format("{:.3g}", *value);
}

}  // namespace gauntlet
