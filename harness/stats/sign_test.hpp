// Whether the median of the log-ratios is zero: the test that belongs to the exact interval of the median.
#pragma once

#include <span>

namespace gauntlet {

/// Two-sided p-value of the exact sign test. Zeros say nothing for either side and are left out; 1 when nothing is
/// left.
double sign_test(std::span<const double> log_ratios);

}  // namespace gauntlet
