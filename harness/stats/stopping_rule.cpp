#include "harness/stats/stopping_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gauntlet {

double width_of(const PairedRatio& ratio) {
  if (!ratio.interval) return std::numeric_limits<double>::infinity();
  // Two zeros, or two infinities: as narrow as can be.
  if (ratio.interval->low == ratio.interval->high) return 0;
  return ratio.interval->high / ratio.interval->low - 1;
}

Stop should_stop(const StoppingRule& rule, const PairedRatio& ratio, const PairedRatio& a_a) {
  const std::size_t rounds = std::min(ratio.pairs, a_a.pairs);
  if (rounds >= rule.least_rounds && width_of(ratio) < rule.effect && width_of(a_a) < rule.effect) {
    return Stop::precise;
  }
  return rounds >= rule.most_rounds ? Stop::at_cap : Stop::not_yet;
}

}  // namespace gauntlet
