#include "harness/stats/paired_ratio.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace gauntlet {
namespace {

bool has_negative(std::span<const double> values) {
  return std::ranges::any_of(values, [](double value) { return value < 0; });
}

}  // namespace

std::vector<double> log_ratios(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size() && "pairs need two values each");
  assert(!has_negative(a) && !has_negative(b) && "a negative value has no logarithm");
  std::vector<double> logs;
  for (std::size_t i = 0; i < a.size(); ++i) {
    logs.push_back(a[i] == b[i] ? 0.0 : std::log(a[i]) - std::log(b[i]));
  }
  return logs;
}

PairedRatio paired_ratio(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size() && "pairs need two values each");
  PairedRatio result{.pairs = a.size()};
  if (a.empty() || has_negative(a) || has_negative(b)) return result;
  const auto logs = log_ratios(a, b);
  const double middle = median(logs);
  // Half the pairs infinitely above and half infinitely below: no number describes that.
  if (!std::isnan(middle)) result.ratio = std::exp(middle);
  if (const auto bounds = median_interval(logs)) {
    result.interval = Interval{std::exp(bounds->low), std::exp(bounds->high)};
  }
  return result;
}

}  // namespace gauntlet
