#include "harness/measure/percentile_table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gauntlet {
namespace {

double next_level(double level, int ticks_per_half) {
  const double halvings = std::floor(std::log2(100 / (100 - level))) + 1;
  return level + 100 / (ticks_per_half * std::exp2(halvings));
}

std::optional<double> percentile_us(const Histogram& histogram, double percent, std::int64_t samples_needed) {
  if (histogram.count() < samples_needed) return std::nullopt;
  return static_cast<double>(histogram.percentile(percent)) / 1000;
}

}  // namespace

std::vector<PercentilePoint> percentile_points(const Histogram& histogram, int ticks_per_half) {
  std::vector<PercentilePoint> points;
  const auto total = static_cast<double>(histogram.count());
  std::int64_t seen = 0;
  double level = 0;
  for (std::size_t index = 0; seen < histogram.count(); ++index) {
    if (histogram.counts()[index] == 0) continue;
    seen += histogram.counts()[index];
    const std::int64_t value = histogram.highest_equivalent(histogram.value_at(index));
    const double reached = 100 * static_cast<double>(seen) / total;
    while (reached >= level) {
      points.push_back({level, value, seen});
      level = next_level(level, ticks_per_half);
      if (seen == histogram.count()) break;
    }
    if (seen == histogram.count()) points.push_back({100, value, seen});
  }
  return points;
}

std::string format_percentile_table(const Histogram& histogram, double unit) {
  const int digits = histogram.layout().significant_digits;
  std::string text =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  for (const PercentilePoint& point : percentile_points(histogram)) {
    const double fraction = point.percent / 100;
    text += fmt::format("{:12.{}f} {:.12f} {:10}", static_cast<double>(point.value) / unit, digits, fraction,
                        point.count_up_to_here);
    text += point.percent < 100 ? fmt::format(" {:14.2f}\n", 1 / (1 - fraction)) : "\n";
  }
  text += fmt::format("#[Mean    = {:12.{}f}, StdDeviation   = {:12.{}f}]\n", histogram.mean() / unit, digits,
                      histogram.standard_deviation() / unit, digits);
  text += fmt::format("#[Max     = {:12.{}f}, Total count    = {:12}]\n", static_cast<double>(histogram.max()) / unit,
                      digits, histogram.count());
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n", histogram.bucket_count(),
                      histogram.sub_bucket_count());
  return text;
}

Percentiles summarise(const Histogram& histogram) {
  Percentiles summary;
  summary.samples = static_cast<std::uint64_t>(histogram.count());
  summary.mean = histogram.mean() / 1000;
  summary.p50 = static_cast<double>(histogram.percentile(50)) / 1000;
  summary.p90 = static_cast<double>(histogram.percentile(90)) / 1000;
  summary.max = static_cast<double>(histogram.max()) / 1000;
  summary.p99 = percentile_us(histogram, 99, 1'000);
  summary.p999 = percentile_us(histogram, 99.9, 10'000);
  summary.p9999 = percentile_us(histogram, 99.99, 100'000);
  return summary;
}

}  // namespace gauntlet
