#include "harness/stats/median.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cassert>
#include <vector>

namespace gauntlet {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::ranges::sort(copy);
  return copy;
}

}  // namespace

double median(std::span<const double> values) {
  assert(!values.empty() && "nothing has no median");
  const auto ordered = sorted(values);
  const std::size_t middle = ordered.size() / 2;
  if (ordered.size() % 2 == 1 || ordered[middle - 1] == ordered[middle]) return ordered[middle];
  return ordered[middle - 1] + (ordered[middle] - ordered[middle - 1]) / 2;
}

std::optional<OrderRanks> median_ranks(std::size_t count, double confidence) {
  if (count == 0) return std::nullopt;
  // Each value falls below the true median with probability one half, so the number that do is binomial; the interval
  // from rank k to rank n+1-k misses the median when fewer than k values lie on one side of it.
  const boost::math::binomial_distribution<double> below(static_cast<double>(count), 0.5);
  std::optional<OrderRanks> narrowest;
  for (std::size_t rank = 1; rank <= count / 2; ++rank) {
    const double coverage = 1 - 2 * boost::math::cdf(below, static_cast<double>(rank - 1));
    if (coverage < confidence) break;
    narrowest = OrderRanks{rank, count + 1 - rank, coverage};
  }
  return narrowest;
}

std::optional<Interval> median_interval(std::span<const double> values) {
  const auto ranks = median_ranks(values.size());
  if (!ranks) return std::nullopt;
  const auto ordered = sorted(values);
  return Interval{ordered[ranks->low - 1], ordered[ranks->high - 1]};
}

}  // namespace gauntlet
