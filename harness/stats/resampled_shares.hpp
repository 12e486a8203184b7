// How often would an experiment end in which way, told from rounds that were recorded once?
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/stats/median.hpp"

namespace gauntlet {

/// Rounds that make one experiment: indices into those of one group.
struct DrawnRounds {
  std::size_t group = 0;
  std::vector<std::size_t> rounds;
};

struct ShareOptions {
  std::uint64_t seed = 1;  ///< the same seed gives the same shares, on every platform
  std::size_t trials = 1000;
  std::size_t resamples = 100;           ///< of the whole record, for the interval
  std::size_t trials_of_resample = 100;  ///< what they leave to chance makes the interval a little wider
  double confidence = 0.95;
};

struct ResampledShare {
  double share = 0;
  Interval interval;
};

/// Shares of `kinds` outcomes, which `outcome` tells by number. A group holds rounds that were recorded under the same
/// circumstances (one layout of a program, say); an experiment takes one group by chance, and `rounds` of it with
/// replacement, as a real one has one layout. The interval is a percentile bootstrap of groups, and of the rounds in
/// them: what another record would have shown. It knows nothing of what the record does not hold: where every round
/// agrees it has no width. No group is empty, and there is at least one (asserted).
std::vector<ResampledShare> resampled_shares(std::span<const std::size_t> group_sizes, std::size_t rounds,
                                             std::size_t kinds,
                                             const std::function<std::size_t(const DrawnRounds&)>& outcome,
                                             const ShareOptions& options = {});

}  // namespace gauntlet
