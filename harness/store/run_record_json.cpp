#include "harness/store/run_record_json.hpp"

#include <cmath>

#include "harness/store/run_spec_json.hpp"

namespace gauntlet {
namespace {

using StringMap = std::map<std::string, std::string>;

Json verdicts_json(const std::vector<ClaimVerdict>& verdicts) {
  Json array = Json::array();
  for (const ClaimVerdict& verdict : verdicts) {
    Json object;
    object["claim"] = verdict.claim;
    object["kind"] = word_of(verdict.kind);
    object["met"] = verdict.met;
    object["metric"] = verdict.metric;
    object["value"] = verdict.value;
    object["limit"] = verdict.limit;
    object["text"] = verdict.text;
    array.push_back(std::move(object));
  }
  return array;
}

Json metrics_json(const std::map<std::string, MetricValue>& metrics) {
  Json object = Json::object();
  for (const auto& [name, metric] : metrics) {
    if (!std::isfinite(metric.value)) continue;
    Json entry;
    entry["value"] = metric.value;
    entry["unit"] = metric.unit;
    entry["better"] = word_of(metric.better);
    object[name] = std::move(entry);
  }
  return object;
}

Json warnings_json(const std::vector<Warning>& warnings) {
  Json array = Json::array();
  for (const Warning& warning : warnings) {
    Json object;
    object["severity"] = word_of(warning.severity);
    object["code"] = warning.code;
    object["text"] = warning.text;
    array.push_back(std::move(object));
  }
  return array;
}

std::vector<ClaimVerdict> read_verdicts(const Json& array) {
  std::vector<ClaimVerdict> verdicts;
  for (const Json& object : array) {
    verdicts.push_back({.claim = field_as<std::string>(object, "claim"),
                        .kind = field_enum<ClaimKind>(object, "kind"),
                        .met = field_as<bool>(object, "met"),
                        .metric = field_as<std::string>(object, "metric"),
                        .value = field_as<double>(object, "value"),
                        .limit = field_as<double>(object, "limit"),
                        .text = field_as<std::string>(object, "text")});
  }
  return verdicts;
}

std::map<std::string, MetricValue> read_metrics(const Json& object) {
  std::map<std::string, MetricValue> metrics;
  for (const auto& [name, entry] : object.items()) {
    metrics[name] = {.value = field_as<double>(entry, "value"),
                     .unit = field_as<std::string>(entry, "unit"),
                     .better = field_enum<Better>(entry, "better")};
  }
  return metrics;
}

std::vector<Warning> read_warnings(const Json& array) {
  std::vector<Warning> warnings;
  for (const Json& object : array) {
    warnings.push_back({.severity = field_enum<Warning::Severity>(object, "severity"),
                        .code = field_as<std::string>(object, "code"),
                        .text = field_as<std::string>(object, "text")});
  }
  return warnings;
}

RunRecord read_record(const Json& object) {
  check_schema(object, "gauntlet.run", 1);
  return {.spec = read_spec(object),
          .effective_config = field_as<StringMap>(object, "effective_config"),
          .status = field_enum<RunStatus>(object, "status"),
          .reason = field_as<std::string>(object, "reason"),
          .verdicts = read_verdicts(field(object, "verdicts")),
          .metrics = read_metrics(field(object, "metrics")),
          .warnings = read_warnings(field(object, "warnings")),
          .histograms = field_as<StringMap>(object, "histograms"),
          .timelines = optional_as<StringMap>(object, "timelines"),
          .lanes = optional_as<std::string>(object, "lanes"),
          .profile = optional_as<std::string>(object, "profile"),
          .started = field_as<std::string>(object, "started"),
          .elapsed_s = field_as<double>(object, "elapsed_s"),
          .stderr_tail = field_as<std::string>(object, "stderr_tail")};
}

}  // namespace

std::string to_json(const RunRecord& record) {
  Json object;
  object["schema"] = "gauntlet.run/1";
  add_spec(object, record.spec);
  object["effective_config"] = record.effective_config;
  object["status"] = word_of(record.status);
  object["reason"] = record.reason;
  object["verdicts"] = verdicts_json(record.verdicts);
  object["metrics"] = metrics_json(record.metrics);
  object["warnings"] = warnings_json(record.warnings);
  object["histograms"] = record.histograms;
  if (!record.timelines.empty()) object["timelines"] = record.timelines;
  if (!record.lanes.empty()) object["lanes"] = record.lanes;
  if (!record.profile.empty()) object["profile"] = record.profile;
  object["started"] = record.started;
  object["elapsed_s"] = record.elapsed_s;
  object["stderr_tail"] = record.stderr_tail;
  return dump_line(object);
}

std::expected<RunRecord, std::string> parse_run_record(std::string_view text) { return read_object(text, read_record); }

}  // namespace gauntlet
