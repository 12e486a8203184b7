#include "harness/measure/histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace gauntlet {
namespace {

constexpr std::int64_t kHighestInt = std::numeric_limits<std::int64_t>::max();

int unit_magnitude_of(const HistogramLayout& layout) {
  return 63 - std::countl_zero(static_cast<std::uint64_t>(layout.lowest_discernible));
}

// "3 digits" promises that 1999 and 2000 are told apart, not only 999 and 1000: hence twice the power of ten.
int sub_bucket_magnitude_of(const HistogramLayout& layout) {
  std::uint64_t single_unit_limit = 2;
  for (int digit = 0; digit < layout.significant_digits; ++digit) single_unit_limit *= 10;
  return 64 - std::countl_zero(single_unit_limit - 1);
}

int buckets_needed(std::int64_t highest, int sub_bucket_magnitude, int unit_magnitude) {
  std::int64_t first_untrackable = std::int64_t{1} << (sub_bucket_magnitude + unit_magnitude);
  int buckets = 1;
  while (first_untrackable <= highest) {
    if (first_untrackable > kHighestInt / 2) return buckets + 1;
    first_untrackable *= 2;
    ++buckets;
  }
  return buckets;
}

}  // namespace

std::string why_invalid(const HistogramLayout& layout) {
  if (layout.lowest_discernible < 1) return "the lowest discernible value must be at least 1";
  if (layout.significant_digits < 1 || layout.significant_digits > 5) return "significant digits must be 1 to 5";
  if (layout.highest_trackable / 2 < layout.lowest_discernible) {
    return "the highest trackable value must be at least twice the lowest discernible one";
  }
  if (sub_bucket_magnitude_of(layout) + unit_magnitude_of(layout) > 62) {
    return "so many digits above so high a lowest value do not fit in 64 bits";
  }
  return {};
}

Histogram::Histogram(HistogramLayout layout)
    : layout_(layout),
      unit_magnitude_((assert(why_invalid(layout).empty()), unit_magnitude_of(layout))),
      sub_bucket_magnitude_(sub_bucket_magnitude_of(layout)),
      sub_bucket_mask_(((std::uint64_t{1} << sub_bucket_magnitude_) - 1) << unit_magnitude_),
      bucket_count_(buckets_needed(layout.highest_trackable, sub_bucket_magnitude_, unit_magnitude_)),
      counts_(static_cast<std::size_t>(bucket_count_ + 1) << (sub_bucket_magnitude_ - 1)) {}

bool Histogram::merge(const Histogram& other) {
  if (other.total_count_ == 0) return true;
  if (other.layout_ == layout_) {
    std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus<>());
    total_count_ += other.total_count_;
    return true;
  }
  if (index_of(other.max()) >= counts_.size()) return false;
  for (std::size_t index = 0; index < other.counts_.size(); ++index) {
    if (other.counts_[index] != 0) record(other.value_at(index), other.counts_[index]);
  }
  return true;
}

std::int64_t Histogram::percentile(double percent) const {
  if (total_count_ == 0) return 0;
  // One ulp less, so that a product that rounds up does not step into the next bucket.
  const double wanted = std::clamp(std::nextafter(percent, -std::numeric_limits<double>::infinity()), 0.0, 100.0);
  const auto wanted_count =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(wanted * static_cast<double>(total_count_) / 100)));
  std::int64_t seen = 0;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    seen += counts_[index];
    if (seen >= wanted_count) return percent <= 0 ? value_at(index) : highest_equivalent(value_at(index));
  }
  return max();
}

double Histogram::mean() const {
  if (total_count_ == 0) return 0;
  double sum = 0;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    if (counts_[index] == 0) continue;
    sum += static_cast<double>(median_equivalent(value_at(index))) * static_cast<double>(counts_[index]);
  }
  return sum / static_cast<double>(total_count_);
}

double Histogram::standard_deviation() const {
  if (total_count_ == 0) return 0;
  const double middle = mean();
  double sum = 0;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    if (counts_[index] == 0) continue;
    const double deviation = static_cast<double>(median_equivalent(value_at(index))) - middle;
    sum += deviation * deviation * static_cast<double>(counts_[index]);
  }
  return std::sqrt(sum / static_cast<double>(total_count_));
}

std::int64_t Histogram::min() const {
  const auto first = std::ranges::find_if(counts_, [](std::int64_t count) { return count != 0; });
  return first == counts_.end() ? 0 : value_at(static_cast<std::size_t>(first - counts_.begin()));
}

std::int64_t Histogram::max() const {
  for (std::size_t index = counts_.size(); index-- > 0;) {
    if (counts_[index] != 0) return highest_equivalent(value_at(index));
  }
  return 0;
}

std::int64_t Histogram::value_at(std::size_t index) const {
  const std::size_t half = std::size_t{1} << (sub_bucket_magnitude_ - 1);
  if (index < half) return static_cast<std::int64_t>(index << unit_magnitude_);
  const std::size_t bucket = index / half - 1;
  const std::size_t sub_bucket = index % half + half;
  return static_cast<std::int64_t>(sub_bucket << (bucket + static_cast<std::size_t>(unit_magnitude_)));
}

void Histogram::add_at(std::size_t index, std::int64_t count) {
  assert(index < counts_.size());
  counts_[index] += count;
  total_count_ += count;
}

std::int64_t Histogram::equivalent_range(std::int64_t value) const {
  return std::int64_t{1} << (unit_magnitude_ + bucket_of(static_cast<std::uint64_t>(value)));
}

std::int64_t Histogram::lowest_equivalent(std::int64_t value) const { return value & ~(equivalent_range(value) - 1); }

std::int64_t Histogram::highest_equivalent(std::int64_t value) const { return value | (equivalent_range(value) - 1); }

std::int64_t Histogram::median_equivalent(std::int64_t value) const {
  return lowest_equivalent(value) + equivalent_range(value) / 2;
}

}  // namespace gauntlet
