#include "harness/load/warmup.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gauntlet {
namespace {

// Change of the fitted line over the judged intervals, as a share of their mean.
constexpr double kFlatWithin = 0.05;
constexpr double kDeliversWithin = 0.02;

}  // namespace

void WarmupDetector::add(std::uint64_t completed) {
  std::ranges::rotate(completed_, completed_.begin() + 1);
  completed_.back() = static_cast<double>(completed);
  ++count_;
}

bool WarmupDetector::is_steady() const {
  if (count_ < kIntervals) return false;
  return offered_ ? follows_the_offer() : is_flat();
}

bool WarmupDetector::is_flat() const {
  const double mean = std::accumulate(completed_.begin(), completed_.end(), 0.0) / kIntervals;
  if (mean <= 0) return false;
  const double middle = (kIntervals - 1) / 2.0;
  double covariance = 0;
  double spread = 0;
  for (std::size_t i = 0; i < kIntervals; ++i) {
    const double x = static_cast<double>(i) - middle;
    covariance += x * (completed_[i] - mean);
    spread += x * x;
  }
  const double change = covariance / spread * (kIntervals - 1) / mean;
  // Few answers per interval scatter by their square root; three deviations of the slope are no slope.
  const double chance = 3 * (kIntervals - 1) / std::sqrt(spread * mean);
  return std::abs(change) <= std::max(kFlatWithin, chance);
}

bool WarmupDetector::follows_the_offer() const {
  const double delivered = std::accumulate(completed_.begin(), completed_.end(), 0.0);
  const double offered = *offered_ * kIntervals;
  return delivered > 0 && std::abs(delivered - offered) <= kDeliversWithin * offered + 4 * std::sqrt(offered);
}

}  // namespace gauntlet
