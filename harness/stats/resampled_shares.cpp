#include "harness/stats/resampled_shares.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <random>

namespace gauntlet {
namespace {

/// A group as it is drawn from: the rounds of it that a resample holds, some of them twice.
struct GroupView {
  std::size_t group = 0;
  std::vector<std::size_t> rounds;
};
using View = std::vector<GroupView>;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  // Not std::uniform_int_distribution, which each standard library implements in its own way.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>((random_() >> 32) * count >> 32); }

  View resample(const View& view) {
    View drawn;
    for (std::size_t i = 0; i < view.size(); ++i) {
      GroupView group = view[below(view.size())];
      const std::vector<std::size_t> rounds = group.rounds;
      for (std::size_t& round : group.rounds) round = rounds[below(rounds.size())];
      drawn.push_back(std::move(group));
    }
    return drawn;
  }

 private:
  std::mt19937_64 random_;
};

std::vector<double> shares_of(const View& view, std::size_t rounds, std::size_t kinds, std::size_t trials,
                              const std::function<std::size_t(const DrawnRounds&)>& outcome, Chance& chance) {
  std::vector<double> shares(kinds);
  DrawnRounds drawn;
  drawn.rounds.resize(rounds);
  for (std::size_t trial = 0; trial < trials; ++trial) {
    const GroupView& group = view[chance.below(view.size())];
    drawn.group = group.group;
    for (std::size_t& round : drawn.rounds) round = group.rounds[chance.below(group.rounds.size())];
    const std::size_t kind = outcome(drawn);
    assert(kind < kinds && "an outcome is one of those that were announced");
    shares[kind] += 1.0 / static_cast<double>(trials);
  }
  return shares;
}

Interval interval_of(std::vector<double> values, double confidence) {
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(std::floor((1 - confidence) / 2 * last));
  return {std::min(values[low], 1.0), std::min(values[values.size() - 1 - low], 1.0)};
}

}  // namespace

std::vector<ResampledShare> resampled_shares(std::span<const std::size_t> group_sizes, std::size_t rounds,
                                             std::size_t kinds,
                                             const std::function<std::size_t(const DrawnRounds&)>& outcome,
                                             const ShareOptions& options) {
  assert(!group_sizes.empty() && rounds > 0 && options.trials > 0 && options.resamples > 1 && "there is a record");
  View all;
  for (const std::size_t size : group_sizes) {
    assert(size > 0 && "a group has rounds");
    all.push_back({.group = all.size(), .rounds = std::vector<std::size_t>(size)});
    std::iota(all.back().rounds.begin(), all.back().rounds.end(), std::size_t{0});
  }
  Chance chance(options.seed);
  const auto shares = shares_of(all, rounds, kinds, options.trials, outcome, chance);
  std::vector<std::vector<double>> resampled(kinds);
  for (std::size_t i = 0; i < options.resamples; ++i) {
    const auto again = shares_of(chance.resample(all), rounds, kinds, options.trials_of_resample, outcome, chance);
    for (std::size_t kind = 0; kind < kinds; ++kind) resampled[kind].push_back(again[kind]);
  }
  std::vector<ResampledShare> result;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const Interval interval = interval_of(std::move(resampled[kind]), options.confidence);
    const double share = std::min(shares[kind], 1.0);
    // Of another sample of trials: the share itself belongs into it.
    result.push_back({share, {std::min(share, interval.low), std::max(share, interval.high)}});
  }
  return result;
}

}  // namespace gauntlet
