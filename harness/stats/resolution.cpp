#include "harness/stats/resolution.hpp"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "harness/stats/median.hpp"

namespace gauntlet {

std::optional<Resolution> resolution_of(std::span<const double> a_a_log_ratios, std::size_t rounds) {
  if (a_a_log_ratios.size() < kFewestForInterval || rounds < kFewestForInterval) return std::nullopt;
  std::vector<double> sizes;
  for (const double ratio : a_a_log_ratios) sizes.push_back(std::abs(ratio));
  const boost::math::normal_distribution<double> normal;
  Resolution resolution;
  resolution.spread = median(sizes) / boost::math::quantile(normal, 0.75);
  const double standard_error =
      std::sqrt(std::numbers::pi / 2) * resolution.spread / std::sqrt(static_cast<double>(rounds));
  const double errors = boost::math::quantile(normal, 0.975) + boost::math::quantile(normal, kResolutionPower);
  resolution.effect = std::expm1(errors * standard_error);
  constexpr double efficiency = 0.37;
  resolution.uncertainty = 1 / std::sqrt(2 * efficiency * static_cast<double>(sizes.size()));
  return resolution;
}

}  // namespace gauntlet
