#include "harness/cli/compared_directories.hpp"

#include "harness/cli/merged_percentiles.hpp"
#include "harness/cli/verdict_text.hpp"
#include "harness/gate/merged_figures.hpp"

namespace gauntlet {
namespace {

ComparedSide side_of(const ResultsDirectory& results) {
  const auto* revision = find_fact(results.environment(), "revision");
  return {.path = results.path().string(), .revision = revision ? revision->value : "unknown"};
}

ResultsView view_of(const ResultsDirectory& results) {
  return {.plan = results.plan(), .environment = results.environment(), .records = results.records()};
}

/// The percentile of all rounds of one column, where its histograms were kept.
std::optional<double> merged_figure(const ResultsDirectory& results, const ComparedMetric& metric,
                                    const PercentileMetric& percentile) {
  std::vector<std::string> references;
  for (const RunRecord* run : runs_of(metric.cell, {.runtime = metric.runtime}, results.records())) {
    const auto histogram = run->histograms.find(percentile.histogram);
    if (run->status == RunStatus::ok && histogram != run->histograms.end()) references.push_back(histogram->second);
  }
  return MergedPercentiles(results.path()).percentile_us(references, percentile.percent);
}

void take_merged_figures(const ResultsDirectory& a, const ResultsDirectory& b, ResultsComparison& comparison) {
  for (ComparedMetric& metric : comparison.metrics) {
    const auto percentile = percentile_metric(metric.metric.name);
    if (!percentile) continue;
    const auto of_a = merged_figure(a, metric, *percentile), of_b = merged_figure(b, metric, *percentile);
    if (!of_a || !of_b) continue;
    metric.median_a = of_a;
    metric.median_b = of_b;
  }
}

}  // namespace

std::expected<ComparedDirectories, std::string> compare_directories(const ResultsDirectory& a,
                                                                    const ResultsDirectory& b,
                                                                    const std::vector<std::string>& metrics) {
  auto comparison = compare_results(view_of(a), view_of(b), metrics);
  if (!comparison) return std::unexpected(comparison.error());
  take_merged_figures(a, b, *comparison);
  std::vector<VerdictWord> words;
  for (const ComparedMetric& metric : comparison->metrics) words.push_back(metric.verdict.word);
  return ComparedDirectories{
      .comparison = std::move(*comparison), .a = side_of(a), .b = side_of(b), .exit_code = exit_code_of(words)};
}

}  // namespace gauntlet
