// Where a metric changed for good, and by how much.
#pragma once

#include <vector>

#include "harness/history/history_store.hpp"
#include "harness/stats/change_points.hpp"
#include "harness/stats/verdict.hpp"

namespace gauntlet {

struct SeriesChange {
  std::size_t index = 0;  ///< of the first point after it
  double ratio = 1;       ///< median of the points from there to the next change, to that of those since the last one
  double p = 1;
  VerdictWord word = VerdictWord::same;  ///< `faster` or `slower`, which stand for better and worse here as elsewhere
};

/// Change points of the medians; none in a series of fewer than kFewestForHistory points.
std::vector<SeriesChange> changes_of(const HistorySeries& series);
inline constexpr std::size_t kFewestForHistory = 2 * ChangePointOptions{}.shortest_segment;

}  // namespace gauntlet
