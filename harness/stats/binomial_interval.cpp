#include "harness/stats/binomial_interval.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <cassert>

namespace gauntlet {

Interval clopper_pearson(std::size_t successes, std::size_t trials, double confidence) {
  assert(trials > 0 && successes <= trials && "some of the trials succeeded");
  assert(confidence > 0 && confidence < 1 && "a share of all cases");
  using Binomial = boost::math::binomial_distribution<double>;
  const auto of = static_cast<double>(trials), seen = static_cast<double>(successes);
  const double tail = (1 - confidence) / 2;
  return {successes == 0 ? 0 : Binomial::find_lower_bound_on_p(of, seen, tail),
          successes == trials ? 1 : Binomial::find_upper_bound_on_p(of, seen, tail)};
}

}  // namespace gauntlet
