#include "harness/stats/holm.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace gauntlet {

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> ascending(p.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::ranges::sort(ascending, [p](std::size_t x, std::size_t y) { return p[x] < p[y]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < ascending.size(); ++rank) {
    const double factor = static_cast<double>(ascending.size() - rank);
    largest = std::max(largest, std::min(1.0, factor * p[ascending[rank]]));
    adjusted[ascending[rank]] = largest;
  }
  return adjusted;
}

}  // namespace gauntlet
