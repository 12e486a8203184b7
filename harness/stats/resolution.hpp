// How small a change a machine can tell from its own noise.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace gauntlet {

struct Resolution {
  double spread = 0;  ///< standard deviation of one paired log-ratio
  double effect = 0;  ///< 0.012: a change of 1.2 %
  /// Relative standard error of both, for normal noise: the trial is a sample, too.
  double uncertainty = 0;
};

/// The smallest change that `rounds` paired rounds find with a probability of kResolutionPower, judged from the
/// log-ratios of an A/A trial on the same machine.
///
///     spread s = median |d| / 0.6745
///     effect   = exp((z(1 - 0.05/2) + z(power)) * sqrt(pi/2) * s / sqrt(rounds)) - 1
///
/// d are the log-ratios, whose true centre is 0, because both sides are the same program; the median of |d| leaves out
/// the one round in many that something disturbed, as the median of a verdict does. sqrt(pi/2) * s / sqrt(rounds) is
/// the standard error of the median of that many normal values. The first z makes the 95 % interval exclude no change,
/// the second makes it do so nearly always.
///
/// The median of |d| has an efficiency of 37 %, hence the relative standard error 1 / sqrt(2 * 0.37 * n) of a trial of
/// n.
///
/// Nothing from fewer log-ratios, or for fewer rounds, than an interval needs (kFewestForInterval).
std::optional<Resolution> resolution_of(std::span<const double> a_a_log_ratios, std::size_t rounds);

inline constexpr double kResolutionPower = 0.95;

}  // namespace gauntlet
