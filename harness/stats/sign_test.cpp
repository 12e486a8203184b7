#include "harness/stats/sign_test.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>

namespace gauntlet {

double sign_test(std::span<const double> log_ratios) {
  const auto above = std::ranges::count_if(log_ratios, [](double value) { return value > 0; });
  const auto below = std::ranges::count_if(log_ratios, [](double value) { return value < 0; });
  if (above + below == 0) return 1;
  const boost::math::binomial_distribution<double> coin(static_cast<double>(above + below), 0.5);
  return std::min(1.0, 2 * boost::math::cdf(coin, static_cast<double>(std::min(above, below))));
}

}  // namespace gauntlet
