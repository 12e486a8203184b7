#include "harness/cli/comparison_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/figure_text.hpp"
#include "harness/stats/ratio_json.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

Json side_json(const ComparedSide& side) { return {{"path", side.path}, {"revision", side.revision}}; }

Json metric_json(const ComparedMetric& metric) {
  Json json;
  json["cell"] = metric.cell;
  json["runtime"] = metric.runtime;
  json["metric"] = metric.metric.name;
  json["unit"] = metric.metric.unit;
  json["better"] = word_of(metric.metric.better);
  json["paired"] = metric.paired;
  json["rounds_a"] = metric.rounds_a;
  json["rounds_b"] = metric.rounds_b;
  json["median_a"] = number_json(metric.median_a);
  json["median_b"] = number_json(metric.median_b);
  add_ratio(json, metric.ratio);
  json["p"] = number_json(metric.p);
  json["adjusted_p"] = number_json(metric.adjusted_p);
  add_interval(json, "noise_low", "noise_high", metric.noise.interval);
  json["verdict"] = word_of(metric.verdict.word);
  json["reason"] = metric.verdict.reason;
  return json;
}

}  // namespace

std::string comparison_table(const ResultsComparison& comparison, const ComparedSide& a, const ComparedSide& b) {
  std::string text = fmt::format("A: {} (revision {})\nB: {} (revision {})\n", a.path, a.revision, b.path, b.revision);
  std::string cell;
  for (const ComparedMetric& metric : comparison.metrics) {
    if (metric.cell != cell) text += fmt::format("\n{}\n", metric.cell);
    cell = metric.cell;
    text += fmt::format("  {:<16} {:<30} {:>10} -> {:>10} {:<11} {:<9} {}\n", metric.runtime, metric.metric.name,
                        figure_text(metric.median_a), figure_text(metric.median_b), metric.metric.unit,
                        word_of(metric.verdict.word), metric.verdict.reason);
  }
  for (const std::string& note : comparison.notes) text += fmt::format("\nnote: {}", note);
  if (!comparison.notes.empty()) text += "\n";
  return text;
}

std::string comparison_json(const ResultsComparison& comparison, const ComparedSide& a, const ComparedSide& b,
                            int exit_code) {
  Json metrics = Json::array();
  for (const ComparedMetric& metric : comparison.metrics) metrics.push_back(metric_json(metric));
  return dump_pretty({{"schema", "gauntlet.comparison/1"},
                      {"a", side_json(a)},
                      {"b", side_json(b)},
                      {"metrics", metrics},
                      {"notes", comparison.notes},
                      {"exit_code", exit_code}});
}

}  // namespace gauntlet
