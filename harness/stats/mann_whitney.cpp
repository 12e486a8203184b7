#include "harness/stats/mann_whitney.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cassert>
#include <cmath>
#include <vector>

namespace gauntlet {
namespace {

double pairs_above(std::span<const double> a, std::span<const double> b) {
  double count = 0;
  for (const double x : a) {
    for (const double y : b) count += x > y ? 1.0 : (x == y ? 0.5 : 0.0);
  }
  return count;
}

/// Sizes of the groups of equal values, larger than one.
std::vector<double> ties_of(std::span<const double> a, std::span<const double> b) {
  std::vector<double> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  std::ranges::sort(all);
  std::vector<double> sizes;
  for (auto first = all.begin(); first != all.end();) {
    const auto next = std::upper_bound(first, all.end(), *first);
    if (next - first > 1) sizes.push_back(static_cast<double>(next - first));
    first = next;
  }
  return sizes;
}

/// Probability of at most `u` when all arrangements are equally likely. The number of arrangements with a given U
/// follows Mann and Whitney's recurrence: the largest value is of the first sample (and above all n others) or not.
double exact_at_most(std::size_t u, std::size_t m, std::size_t n) {
  // counts[j][k]: arrangements of i of the one and j of the other with U = k, for the i that is being built.
  std::vector<std::vector<double>> counts(n + 1, std::vector<double>(m * n + 1, 0));
  for (auto& row : counts) row[0] = 1;
  for (std::size_t i = 1; i <= m; ++i) {
    auto next = counts;
    for (std::size_t j = 0; j <= n; ++j) {
      for (std::size_t k = 0; k <= m * n; ++k) {
        const double largest_is_first = k >= j ? counts[j][k - j] : 0;
        const double largest_is_second = j > 0 ? next[j - 1][k] : 0;
        next[j][k] = largest_is_first + largest_is_second;
      }
    }
    counts = std::move(next);
  }
  double all = 0, at_most = 0;
  for (std::size_t k = 0; k <= m * n; ++k) {
    all += counts[n][k];
    if (k <= u) at_most += counts[n][k];
  }
  return at_most / all;
}

double approximate_p(double u, double m, double n, const std::vector<double>& ties) {
  const double total = m + n;
  double tied = 0;
  for (const double size : ties) tied += size * (size * size - 1);
  const double variance = m * n / 12 * (total + 1 - tied / (total * (total - 1)));
  if (!(variance > 0)) return 1;
  const double distance = std::max(0.0, std::abs(u - m * n / 2) - 0.5);
  const boost::math::normal_distribution<double> standard;
  return std::min(1.0, 2 * boost::math::cdf(boost::math::complement(standard, distance / std::sqrt(variance))));
}

}  // namespace

MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b) {
  assert(!a.empty() && !b.empty() && "two samples are compared");
  const auto ties = ties_of(a, b);
  MannWhitney result{.u = pairs_above(a, b)};
  const auto m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
  result.exact = ties.empty() && a.size() <= kMostForExact && b.size() <= kMostForExact;
  if (result.exact) {
    const auto smaller = static_cast<std::size_t>(std::min(result.u, m * n - result.u));
    result.p = std::min(1.0, 2 * exact_at_most(smaller, a.size(), b.size()));
  } else {
    result.p = approximate_p(result.u, m, n, ties);
  }
  return result;
}

}  // namespace gauntlet
