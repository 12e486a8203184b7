// When enough rounds have been run.
#pragma once

#include <cstddef>

#include "harness/stats/paired_ratio.hpp"

namespace gauntlet {

/// Looks at how wide intervals are, never at where they lie: to stop as soon as there is a difference would find one
/// sooner or later between equals.
struct StoppingRule {
  std::size_t least_rounds = 12;
  std::size_t most_rounds = 60;
  double effect = 0.04;  ///< an interval is to be narrower than this
};

enum class Stop { not_yet, precise, at_cap };

/// The whole width of the interval as an effect: 0.04 for 0.98 to 1.0192. Infinite without an interval.
double width_of(const PairedRatio& ratio);

/// `ratio` and the A/A pair's `a_a` both have to be known well enough: the one is held against the other.
Stop should_stop(const StoppingRule& rule, const PairedRatio& ratio, const PairedRatio& a_a);

}  // namespace gauntlet
