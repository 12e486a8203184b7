// Where a series changed its distribution, and stayed changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gauntlet {

struct ChangePointOptions {
  std::uint64_t seed = 1;  ///< the same seed gives the same points, on every platform
  std::size_t permutations = 199;
  double significance = 0.05;
  std::size_t shortest_segment = 3;  ///< values between two points, at least 2 (asserted)
};

struct ChangePoint {
  std::size_t index = 0;  ///< of the first value after the change
  double p = 1;           ///< of the permutation test that let it in
  bool operator==(const ChangePoint&) const = default;
};

/// E-divisive: Matteson and James, A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data,
/// JASA 109 (2014), sections 2 and 3, with alpha = 1. The point at which the scaled energy distance of what stands
/// before and behind it (up to some end, which is searched as well) is largest divides its segment; a permutation test
/// within the segments tells whether chance does as much; so on until it does. In order of index.
///
/// Takes time quadratic in the longest segment, times the permutations, times the points found: a second for some
/// hundred values. Values are finite (asserted).
std::vector<ChangePoint> find_change_points(std::span<const double> values, const ChangePointOptions& options = {});

}  // namespace gauntlet
