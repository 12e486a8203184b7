#include "harness/stats/change_points.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <utility>

namespace gauntlet {
namespace {

struct Division {
  std::size_t index = 0;
  double statistic = -std::numeric_limits<double>::infinity();
};

/// Sums of distances |x_i - x_k| over k < j, for each i: distances of any two stretches are differences of these.
class DistanceSums {
 public:
  explicit DistanceSums(std::span<const double> values) : columns_(values.size() + 1), sums_(values.size() * columns_) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < values.size(); ++j) {
        sum += std::abs(values[i] - values[j]);
        sums_[i * columns_ + j + 1] = sum;
      }
    }
  }
  /// From value i to all of [from, to).
  double between(std::size_t i, std::size_t from, std::size_t to) const {
    return sums_[i * columns_ + to] - sums_[i * columns_ + from];
  }

 private:
  std::size_t columns_;
  std::vector<double> sums_;
};

double pairs_among(std::size_t count) { return static_cast<double>(count) * static_cast<double>(count - 1) / 2; }

/// The scaled energy distance (mn / (m+n) times equation 5 of the paper) of the first m values and the n that follow.
/// `within_*` and `across` are sums of distances.
double scaled_distance(std::size_t m, double within_left, std::size_t n, double within_right, double across) {
  const double left = static_cast<double>(m), right = static_cast<double>(n);
  const double energy = 2 * across / (left * right) - within_left / pairs_among(m) - within_right / pairs_among(n);
  return left * right / (left + right) * energy;
}

/// The best division of one segment; nothing when it is too short for one.
std::optional<Division> best_division(std::span<const double> segment, std::size_t shortest) {
  if (segment.size() < 2 * shortest) return std::nullopt;
  const DistanceSums sums(segment);
  std::vector<double> within(segment.size() + 1, 0);  // among the first j
  for (std::size_t j = 0; j < segment.size(); ++j) within[j + 1] = within[j] + sums.between(j, 0, j);
  Division best;
  for (std::size_t at = shortest; at + shortest <= segment.size(); ++at) {
    double within_right = 0;
    for (std::size_t end = at; end < segment.size(); ++end) {
      within_right += sums.between(end, at, end);
      const std::size_t size = end + 1 - at;
      if (size < shortest) continue;
      const double across = within[end + 1] - within[at] - within_right;
      const double statistic = scaled_distance(at, within[at], size, within_right, across);
      if (statistic > best.statistic) best = {at, statistic};
    }
  }
  return best;
}

/// The best division of all segments, which end at `ends` (the last one is the size of the series).
std::optional<Division> best_of_all(std::span<const double> values, const std::vector<std::size_t>& ends,
                                    std::size_t shortest) {
  std::optional<Division> best;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    const auto division = best_division(values.subspan(begin, end - begin), shortest);
    if (division && (!best || division->statistic > best->statistic)) {
      best = Division{begin + division->index, division->statistic};
    }
    begin = end;
  }
  return best;
}

/// Not std::shuffle, which each standard library implements in its own way.
void shuffle(std::span<double> values, std::mt19937_64& random) {
  for (std::size_t left = values.size(); left > 1; --left) {
    std::swap(values[left - 1], values[static_cast<std::size_t>((random() >> 32) * left >> 32)]);
  }
}

double permutation_p(std::span<const double> values, const std::vector<std::size_t>& ends, double statistic,
                     const ChangePointOptions& options, std::mt19937_64& random) {
  std::size_t as_large = 0;
  std::vector<double> permuted(values.begin(), values.end());
  for (std::size_t i = 0; i < options.permutations; ++i) {
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      shuffle(std::span(permuted).subspan(begin, end - begin), random);
      begin = end;
    }
    const auto by_chance = best_of_all(permuted, ends, options.shortest_segment);
    if (by_chance && by_chance->statistic >= statistic) ++as_large;
  }
  return static_cast<double>(as_large + 1) / static_cast<double>(options.permutations + 1);
}

}  // namespace

std::vector<ChangePoint> find_change_points(std::span<const double> values, const ChangePointOptions& options) {
  assert(options.shortest_segment >= 2 && "one value has no distances");
  assert(std::ranges::all_of(values, [](double value) { return std::isfinite(value); }) && "distances are finite");
  std::mt19937_64 random(options.seed);
  std::vector<std::size_t> ends = {values.size()};
  std::vector<ChangePoint> points;
  while (const auto division = best_of_all(values, ends, options.shortest_segment)) {
    const double p = permutation_p(values, ends, division->statistic, options, random);
    if (p > options.significance) break;
    points.push_back({division->index, p});
    ends.insert(std::ranges::upper_bound(ends, division->index), division->index);
  }
  std::ranges::sort(points, {}, &ChangePoint::index);
  return points;
}

}  // namespace gauntlet
