#include "harness/gate/merged_figures.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace gauntlet {

std::optional<PercentileMetric> percentile_metric(std::string_view name) {
  constexpr std::string_view begin = "latency_p", end = "_us", uncorrected = "_uncorrected";
  if (!name.starts_with(begin) || !name.ends_with(end)) return std::nullopt;
  name.remove_prefix(begin.size());
  name.remove_suffix(end.size());
  PercentileMetric metric{.histogram = "corrected"};
  if (name.ends_with(uncorrected)) {
    name.remove_suffix(uncorrected.size());
    metric.histogram = uncorrected.substr(1);
  }
  int digits = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), digits);
  if (error != std::errc() || rest != name.data() + name.size() || name.size() < 2) return std::nullopt;
  // 50 is 50 %, 999 is 99.9 %.
  metric.percent = digits / std::pow(10.0, static_cast<double>(name.size()) - 2);
  return metric;
}

void MergedFigures::add(const RunRecord& run, const std::vector<HistogramLogEntry>& histograms) {
  if (run.status != RunStatus::ok) return;
  auto& arm = merged_[{run.spec.cell, run.spec.arm}];
  for (const HistogramLogEntry& entry : histograms) {
    const auto [merged, is_first] = arm.try_emplace(entry.tag, entry.histogram);
    if (!is_first) merged->second.merge(entry.histogram);
  }
}

void MergedFigures::apply(std::vector<GateVerdict>& verdicts) const {
  for (GateVerdict& verdict : verdicts) {
    const auto percentile = percentile_metric(verdict.metric.name);
    if (!percentile || verdict.kind == GateKind::count) continue;
    const auto head = figure(verdict, "head", *percentile), against = figure(verdict, "against", *percentile);
    if (!head || !against) continue;
    verdict.head = head;
    verdict.opponent = against;
  }
}

std::optional<double> MergedFigures::figure(const GateVerdict& verdict, const std::string& arm,
                                            const PercentileMetric& percentile) const {
  constexpr double nanoseconds_per_microsecond = 1000;
  const auto merged = merged_.find({verdict.cell + " " + verdict.runtime, arm});
  if (merged == merged_.end()) return std::nullopt;
  const auto histogram = merged->second.find(percentile.histogram);
  if (histogram == merged->second.end() || histogram->second.count() == 0) return std::nullopt;
  return static_cast<double>(histogram->second.percentile(percentile.percent)) / nanoseconds_per_microsecond;
}

}  // namespace gauntlet
