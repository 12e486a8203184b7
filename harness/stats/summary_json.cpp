#include "harness/stats/summary_json.hpp"

#include "harness/stats/ratio_json.hpp"
#include "harness/store/environment_json.hpp"
#include "harness/store/json_fields.hpp"
#include "harness/store/metric_info_json.hpp"

namespace gauntlet {
namespace {

Json metric_json(const MetricSummary& metric) {
  Json object;
  object["median"] = metric.median;
  add_interval(object, "low", "high", metric.interval);
  object["values"] = metric.values;
  return object;
}

Json ratio_json(const PairedRatio& ratio) {
  Json object;
  add_ratio(object, ratio);
  return object;
}

Json claim_json(const ClaimSummary& verdict) {
  Json object;
  object["claim"] = verdict.claim;
  object["kind"] = word_of(verdict.kind);
  object["met"] = verdict.met;
  object["metric"] = verdict.metric;
  object["worst"] = verdict.worst;
  object["limit"] = verdict.limit;
  object["text"] = verdict.text;
  object["expected"] = verdict.expected;
  return object;
}

Json warning_json(const WarningSummary& warning) {
  Json object;
  object["code"] = warning.code;
  object["text"] = warning.text;
  object["runs"] = warning.runs;
  return object;
}

Json percentiles_json(const PercentileList& points) {
  Json array = Json::array();
  for (const auto& [fraction, microseconds] : points) array.push_back(Json::array({fraction, microseconds}));
  return array;
}

Json column_json(const ColumnSummary& column) {
  Json object;
  object["runtime"] = column.runtime;
  object["arm"] = column.arm;
  object["role"] = word_of(column.role);
  object["status"] = word_of(column.status);
  object["reason"] = column.reason;
  object["rounds"] = column.rounds;
  object["metrics"] = Json::object();
  for (const auto& [name, metric] : column.metrics) object["metrics"][name] = metric_json(metric);
  object["to_reference"] = Json::object();
  for (const auto& [name, ratio] : column.to_reference) object["to_reference"][name] = ratio_json(ratio);
  object["verdicts"] = Json::array();
  for (const ClaimSummary& verdict : column.verdicts) object["verdicts"].push_back(claim_json(verdict));
  object["percentiles"] = Json::object();
  for (const auto& [label, points] : column.percentiles) object["percentiles"][label] = percentiles_json(points);
  object["warnings"] = Json::array();
  for (const WarningSummary& warning : column.warnings) object["warnings"].push_back(warning_json(warning));
  object["effective_config"] = column.effective_config;
  return object;
}

Json comparison_json(const ComparisonSummary& comparison) {
  Json object;
  object["metric"] = comparison.metric;
  object["a"] = comparison.a;
  object["b"] = comparison.b;
  add_ratio(object, comparison.ratio);
  add_interval(object, "noise_low", "noise_high", comparison.noise);
  object["verdict"] = word_of(comparison.verdict.word);
  object["reason"] = comparison.verdict.reason;
  return object;
}

Json cell_json(const CellSummary& cell) {
  Json object;
  object["cell"] = cell.plan.cell;
  object["scenario"] = cell.plan.scenario;
  object["title"] = cell.plan.title;
  object["question"] = cell.plan.question;
  object["params"] = cell.params;
  object["primary"] = cell.plan.primary;
  object["reference"] = cell.plan.reference;
  object["metrics"] = metric_infos_json(cell.plan.metrics);
  object["columns"] = Json::array();
  for (const ColumnSummary& column : cell.columns) object["columns"].push_back(column_json(column));
  object["comparisons"] = Json::array();
  for (const ComparisonSummary& comparison : cell.comparisons) {
    object["comparisons"].push_back(comparison_json(comparison));
  }
  object["ranking"] = cell.ranking;
  return object;
}

Json runtime_json(const RuntimeSummary& runtime) {
  Json object;
  object["name"] = runtime.name;
  object["role"] = word_of(runtime.role);
  object["available"] = runtime.available;
  object["reason"] = runtime.reason;
  return object;
}

Json failure_json(const FailureSummary& failure) {
  Json object;
  object["index"] = failure.spec.index;
  object["cell"] = failure.spec.cell;
  object["runtime"] = failure.spec.runtime;
  object["arm"] = failure.spec.arm;
  object["round"] = failure.spec.round;
  object["status"] = word_of(failure.status);
  object["reason"] = failure.reason;
  object["stderr_tail"] = failure.stderr_tail;
  return object;
}

}  // namespace

std::string to_json(const Summary& summary) {
  Json object;
  object["schema"] = "gauntlet.summary/1";
  object["suite"] = summary.suite;
  object["created"] = summary.created;
  object["command"] = summary.command;
  object["reproduce"] = summary.reproduce;
  object["complete"] = summary.runs_finished == summary.runs_planned;
  object["runs_planned"] = summary.runs_planned;
  object["runs_finished"] = summary.runs_finished;
  object["environment"] = Json::parse(to_json(summary.environment));
  object["runtimes"] = Json::array();
  for (const RuntimeSummary& runtime : summary.runtimes) object["runtimes"].push_back(runtime_json(runtime));
  object["cells"] = Json::array();
  for (const CellSummary& cell : summary.cells) object["cells"].push_back(cell_json(cell));
  object["failures"] = Json::array();
  for (const FailureSummary& failure : summary.failures) object["failures"].push_back(failure_json(failure));
  return dump_pretty(object);
}

}  // namespace gauntlet
