#include "harness/cli/compared_directories.hpp"

#include "harness/cli/verdict_text.hpp"

namespace gauntlet {
namespace {

ComparedSide side_of(const ResultsDirectory& results) {
  const auto* revision = find_fact(results.environment(), "revision");
  return {.path = results.path().string(), .revision = revision ? revision->value : "unknown"};
}

ResultsView view_of(const ResultsDirectory& results) {
  return {.plan = results.plan(), .environment = results.environment(), .records = results.records()};
}

}  // namespace

std::expected<ComparedDirectories, std::string> compare_directories(const ResultsDirectory& a,
                                                                    const ResultsDirectory& b,
                                                                    const std::vector<std::string>& metrics) {
  auto comparison = compare_results(view_of(a), view_of(b), metrics);
  if (!comparison) return std::unexpected(comparison.error());
  std::vector<VerdictWord> words;
  for (const ComparedMetric& metric : comparison->metrics) words.push_back(metric.verdict.word);
  return ComparedDirectories{
      .comparison = std::move(*comparison), .a = side_of(a), .b = side_of(b), .exit_code = exit_code_of(words)};
}

}  // namespace gauntlet
