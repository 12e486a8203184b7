// Counts of values in the published HdrHistogram layout: constant relative error, constant-time recording.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gauntlet {

/// Two histograms with equal layouts have equal buckets, in this and in any other implementation of HdrHistogram.
struct HistogramLayout {
  std::int64_t lowest_discernible = 1;
  std::int64_t highest_trackable = 3'600'000'000'000;  ///< an hour, in nanoseconds
  int significant_digits = 3;                          ///< 1 to 5
  bool operator==(const HistogramLayout&) const = default;
};

/// One sentence on what is wrong with the layout; empty when a Histogram can have it.
std::string why_invalid(const HistogramLayout& layout);

/// Values are whatever the caller counts in; the harness records nanoseconds. Not thread-safe: one per thread, merged.
class Histogram {
 public:
  /// The layout must be valid (asserted).
  explicit Histogram(HistogramLayout layout = {});

  /// False, and nothing recorded, when the value is negative or above what the layout can hold. Never allocates.
  bool record(std::int64_t value, std::int64_t count = 1) {
    if (value < 0) return false;
    const std::size_t index = index_of(value);
    if (index >= counts_.size()) return false;
    counts_[index] += count;
    total_count_ += count;
    return true;
  }

  /// False, and nothing changed, when `other` holds a value that this layout cannot.
  bool merge(const Histogram& other);

  /// The least recorded value, as precise as the buckets are, that `percent` of all values do not exceed. 0 when empty.
  std::int64_t percentile(double percent) const;
  double mean() const;
  double standard_deviation() const;
  /// The bounds of the outermost buckets in use: low end of the lowest, high end of the highest. 0 when empty.
  std::int64_t min() const;
  std::int64_t max() const;
  std::int64_t count() const { return total_count_; }

  const HistogramLayout& layout() const { return layout_; }
  std::span<const std::int64_t> counts() const { return counts_; }
  int bucket_count() const { return bucket_count_; }
  int sub_bucket_count() const { return 1 << sub_bucket_magnitude_; }

  /// Bucket of a value that is not negative; beyond counts() when the layout cannot hold it.
  std::size_t index_of(std::int64_t value) const {
    const auto bits = static_cast<std::uint64_t>(value);
    const int bucket = bucket_of(bits);
    const auto sub_bucket = static_cast<std::size_t>(bits >> (bucket + unit_magnitude_));
    // Every bucket but the first uses only the upper half of its sub-buckets: the lower half would repeat, more
    // coarsely, what the bucket before it already tells apart.
    return (static_cast<std::size_t>(bucket) << (sub_bucket_magnitude_ - 1)) + sub_bucket;
  }
  /// The least value that is counted at `index`.
  std::int64_t value_at(std::size_t index) const;
  /// Counts `count` more at `index`, which is within counts() (asserted).
  void add_at(std::size_t index, std::int64_t count);

  /// Values that share a bucket are equivalent.
  std::int64_t lowest_equivalent(std::int64_t value) const;
  std::int64_t highest_equivalent(std::int64_t value) const;
  std::int64_t median_equivalent(std::int64_t value) const;
  std::int64_t equivalent_range(std::int64_t value) const;

  bool operator==(const Histogram&) const = default;

 private:
  int bucket_of(std::uint64_t value) const {
    return 64 - std::countl_zero(value | sub_bucket_mask_) - unit_magnitude_ - sub_bucket_magnitude_;
  }

  HistogramLayout layout_;
  int unit_magnitude_;
  int sub_bucket_magnitude_;
  std::uint64_t sub_bucket_mask_;
  int bucket_count_;
  std::int64_t total_count_ = 0;
  std::vector<std::int64_t> counts_;
};

}  // namespace gauntlet
