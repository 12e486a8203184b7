#include "harness/cli/merged_percentiles.hpp"

#include <expected>

#include "harness/measure/histogram_log.hpp"
#include "harness/store/durable_file.hpp"

namespace gauntlet {
namespace {

constexpr double kFewestAbove = 10;
constexpr double kNanosecondsPerMicrosecond = 1000;

std::expected<Histogram, std::string> read_histogram(const std::filesystem::path& results,
                                                     const std::string& reference) {
  const auto hash = reference.find('#');
  if (hash == std::string::npos) return std::unexpected("'" + reference + "' names no histogram: FILE#TAG is due");
  const std::string file = reference.substr(0, hash), tag = reference.substr(hash + 1);
  const auto text = read_file(results / file);
  if (!text) return std::unexpected(text.error());
  auto entries = parse_histogram_log(*text);
  if (!entries) return std::unexpected(file + ": " + entries.error());
  for (HistogramLogEntry& entry : *entries) {
    if (entry.tag == tag) return std::move(entry.histogram);
  }
  return std::unexpected(file + " holds no histogram '" + tag + "'");
}

}  // namespace

std::optional<Histogram> MergedPercentiles::merge(std::span<const std::string> references) {
  std::optional<Histogram> merged;
  for (const std::string& reference : references) {
    auto histogram = read_histogram(results_, reference);
    if (!histogram) {
      problems_.insert(histogram.error());
    } else if (!merged) {
      merged = std::move(*histogram);
    } else if (!merged->merge(*histogram)) {
      problems_.insert(reference + " has a layout that cannot be merged with the other rounds'");
    }
  }
  return merged;
}

std::optional<double> MergedPercentiles::percentile_us(std::span<const std::string> references, double percent) {
  const auto merged = merge(references);
  if (!merged || merged->count() == 0) return std::nullopt;
  return static_cast<double>(merged->percentile(percent)) / kNanosecondsPerMicrosecond;
}

PercentileList MergedPercentiles::operator()(std::span<const std::string> references) {
  PercentileList list;
  const auto merged = merge(references);
  if (!merged) return list;
  // 0.1 to 0.9, 0.91 to 0.99, 0.991 to 0.999, ...: the same points for every column, denser towards the tail.
  for (double scale = 10;; scale *= 10) {
    for (int above = 9; above >= 1; --above) {
      if (above * static_cast<double>(merged->count()) / scale < kFewestAbove) return list;
      const double fraction = (scale - above) / scale;
      const auto nanoseconds = static_cast<double>(merged->percentile(fraction * 100));
      list.emplace_back(fraction, nanoseconds / kNanosecondsPerMicrosecond);
    }
  }
}

}  // namespace gauntlet
