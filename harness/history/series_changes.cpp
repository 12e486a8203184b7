#include "harness/history/series_changes.hpp"

#include <span>

#include "harness/stats/median.hpp"

namespace gauntlet {

std::vector<SeriesChange> changes_of(const HistorySeries& series) {
  std::vector<double> values;
  for (const HistoryPoint& point : series.points) values.push_back(point.median);
  const auto points = find_change_points(values);
  std::vector<SeriesChange> changes;
  const std::span<const double> all = values;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : points[i - 1].index;
    const std::size_t at = points[i].index;
    const std::size_t end = i + 1 == points.size() ? values.size() : points[i + 1].index;
    const double ratio = median(all.subspan(at, end - at)) / median(all.subspan(begin, at - begin));
    const bool better = (ratio < 1) == (series.better == Better::lower);
    changes.push_back(
        {.index = at, .ratio = ratio, .p = points[i].p, .word = better ? VerdictWord::faster : VerdictWord::slower});
  }
  return changes;
}

}  // namespace gauntlet
