#include "harness/load/tally.hpp"

#include <algorithm>
#include <numeric>

namespace gauntlet {

std::uint64_t Tally::all_errors() const { return std::accumulate(errors.begin(), errors.end(), std::uint64_t{0}); }

void Tally::count_error(ErrorKind kind, bool measured, const std::string& text) {
  std::string& first = measured ? first_error : first_warmup_error;
  if (first.empty()) first = text;
  if (measured) {
    ++errors[static_cast<std::size_t>(kind)];
  } else {
    ++warmup_errors;
  }
}

void Tally::merge(const Tally& other) {
  scheduled += other.scheduled;
  sent += other.sent;
  completed += other.completed;
  std::ranges::transform(errors, other.errors, errors.begin(), std::plus<>());
  if (first_error.empty()) first_error = other.first_error;
  warmup_errors += other.warmup_errors;
  if (first_warmup_error.empty()) first_warmup_error = other.first_warmup_error;
  reconnects += other.reconnects;
  shed += other.shed;
  abandoned += other.abandoned;
  corrected.merge(other.corrected);
  uncorrected.merge(other.uncorrected);
  lag.merge(other.lag);
  apart.merge(other.apart);
  set_aside.merge(other.set_aside);
  in_flight.instants += other.in_flight.instants;
  in_flight.sum += other.in_flight.sum;
  if (intervals.size() < other.intervals.size()) intervals.resize(other.intervals.size());
  for (std::size_t i = 0; i < other.intervals.size(); ++i) {
    intervals[i].completed += other.intervals[i].completed;
    intervals[i].good += other.intervals[i].good;
  }
  if (timeline.size() < other.timeline.size()) timeline.resize(other.timeline.size(), Histogram(kTimelineLayout));
  for (std::size_t i = 0; i < other.timeline.size(); ++i) timeline[i].merge(other.timeline[i]);
  cpu_s += other.cpu_s;
  spin_s += other.spin_s;
  busy_share = std::max(busy_share, other.busy_share);
}

}  // namespace gauntlet
