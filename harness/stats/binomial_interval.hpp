// What a number of successes says of the probability behind it.
#pragma once

#include <cstddef>

#include "harness/stats/median.hpp"

namespace gauntlet {

/// Exact (Clopper and Pearson, Biometrika 26, 1934): covers with at least `confidence`, whatever the probability. 20 of
/// 20 is 83 % to 100 %. `trials` is above zero and `successes` no more (asserted).
Interval clopper_pearson(std::size_t successes, std::size_t trials, double confidence = 0.95);

}  // namespace gauntlet
