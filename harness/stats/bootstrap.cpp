#include "harness/stats/bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace gauntlet {
namespace {

class Resampler {
 public:
  explicit Resampler(std::uint64_t seed) : random_(seed) {}

  double median_of_resample(std::span<const double> values) {
    drawn_.resize(values.size());
    for (double& value : drawn_) value = values[below(values.size())];
    return median(drawn_);
  }

 private:
  // Not std::uniform_int_distribution, which each standard library implements in its own way.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>((random_() >> 32) * count >> 32); }

  std::mt19937_64 random_;
  std::vector<double> drawn_;
};

Interval percentile_interval(const BootstrapOptions& options, const std::function<double()>& resampled) {
  assert(options.resamples > 1 && options.confidence > 0 && options.confidence < 1 && "an interval is asked for");
  std::vector<double> statistics(options.resamples);
  for (double& statistic : statistics) statistic = resampled();
  std::ranges::sort(statistics);
  const double tail = (1 - options.confidence) / 2;
  const auto last = static_cast<double>(statistics.size() - 1);
  const auto low = static_cast<std::size_t>(std::floor(tail * last));
  return {statistics[low], statistics[statistics.size() - 1 - low]};
}

bool can_be_resampled(std::span<const double> values) {
  return values.size() >= kFewestForInterval && std::ranges::all_of(values, [](double value) { return value > 0; });
}

}  // namespace

std::optional<Interval> bootstrap_median(std::span<const double> values, const BootstrapOptions& options) {
  if (values.size() < kFewestForInterval) return std::nullopt;
  Resampler resampler(options.seed);
  return percentile_interval(options, [&] { return resampler.median_of_resample(values); });
}

std::optional<Interval> bootstrap_median_ratio(std::span<const double> a, std::span<const double> b,
                                               const BootstrapOptions& options) {
  if (!can_be_resampled(a) || !can_be_resampled(b)) return std::nullopt;
  Resampler resampler(options.seed);
  return percentile_interval(options, [&] {
    const double above = resampler.median_of_resample(a);
    return above / resampler.median_of_resample(b);
  });
}

}  // namespace gauntlet
