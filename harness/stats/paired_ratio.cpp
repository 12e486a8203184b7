#include "harness/stats/paired_ratio.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace gauntlet {

PairedRatio paired_ratio(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size() && "pairs need two values each");
  PairedRatio result{.pairs = a.size(), .ratio = std::nullopt, .interval = std::nullopt};
  const auto negative = [](double value) { return value < 0; };
  if (a.empty() || std::ranges::any_of(a, negative) || std::ranges::any_of(b, negative)) return result;
  std::vector<double> log_ratios;
  for (std::size_t i = 0; i < a.size(); ++i) {
    log_ratios.push_back(a[i] == b[i] ? 0.0 : std::log(a[i]) - std::log(b[i]));
  }
  const double middle = median(log_ratios);
  // Half the pairs infinitely above and half infinitely below: no number describes that.
  if (!std::isnan(middle)) result.ratio = std::exp(middle);
  if (const auto logs = median_interval(log_ratios))
    result.interval = Interval{std::exp(logs->low), std::exp(logs->high)};
  return result;
}

}  // namespace gauntlet
