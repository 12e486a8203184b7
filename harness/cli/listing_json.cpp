#include <algorithm>
#include <cmath>

#include "harness/cli/listing.hpp"
#include "harness/store/environment_json.hpp"
#include "harness/store/json_fields.hpp"
#include "harness/store/metric_info_json.hpp"

namespace gauntlet {
namespace {

Json parameter_json(const ParameterInfo& parameter) {
  const char* type = parameter.type == ParameterInfo::Type::integer ? "integer"
                     : parameter.type == ParameterInfo::Type::real  ? "real"
                                                                    : "word";
  Json json{{"name", parameter.name},
            {"description", parameter.description},
            {"type", type},
            {"default", parameter.default_value},
            {"smoke", parameter.smoke_value.empty() ? parameter.default_value : parameter.smoke_value}};
  if (parameter.type == ParameterInfo::Type::word) {
    json["choices"] = parameter.choices;
  } else {
    json["minimum"] = parameter.minimum;
    json["maximum"] = parameter.maximum;
  }
  return json;
}

Json verdict_json(const ClaimVerdict& verdict) {
  return {{"claim", verdict.claim}, {"kind", word_of(verdict.kind)}, {"met", verdict.met},  {"metric", verdict.metric},
          {"value", verdict.value}, {"limit", verdict.limit},        {"text", verdict.text}};
}

Json offers_json(const RuntimeListing& runtime) {
  Json json = Json::object();
  for (const FeatureInfo& info : all_features()) {
    json[info.name] =
        std::ranges::find(runtime.not_supported, info.feature, &NotSupported::feature) == runtime.not_supported.end();
  }
  return json;
}

Json not_supported_json(const RuntimeListing& runtime) {
  Json json = Json::object();
  for (const NotSupported& missing : runtime.not_supported) {
    json[std::ranges::find(all_features(), missing.feature, &FeatureInfo::feature)->name] = missing.reason;
  }
  return json;
}

Json run_json(const RunRecord& record) {
  Json verdicts = Json::array(), metrics = Json::object(), warnings = Json::array();
  for (const ClaimVerdict& verdict : record.verdicts) verdicts.push_back(verdict_json(verdict));
  for (const auto& [name, metric] : record.metrics) {
    if (!std::isfinite(metric.value)) continue;
    metrics[name] = {{"value", metric.value}, {"unit", metric.unit}, {"better", word_of(metric.better)}};
  }
  for (const Warning& warning : record.warnings) {
    warnings.push_back({{"severity", word_of(warning.severity)}, {"code", warning.code}, {"text", warning.text}});
  }
  return {{"scenario", record.spec.scenario},
          {"runtime", record.spec.runtime},
          {"round", record.spec.round},
          {"params", record.spec.params},
          {"effective_config", record.effective_config},
          {"status", word_of(record.status)},
          {"reason", record.reason},
          {"verdicts", verdicts},
          {"metrics", metrics},
          {"warnings", warnings},
          {"stderr_tail", record.stderr_tail}};
}

}  // namespace

std::string runtimes_json(const std::vector<RuntimeListing>& runtimes) {
  Json list = Json::array();
  for (const RuntimeListing& runtime : runtimes) {
    list.push_back({{"name", runtime.name},
                    {"aliases", runtime.aliases},
                    {"available", runtime.available},
                    {"reason", runtime.reason},
                    {"features", runtime.features},
                    {"offers", offers_json(runtime)},
                    {"not_supported", not_supported_json(runtime)},
                    {"most_tasks", runtime.most_tasks},
                    {"negative_control", runtime.negative_control},
                    {"description", runtime.description}});
  }
  return dump_pretty({{"runtimes", list}});
}

std::string scenarios_json(const std::vector<ScenarioInfo>& scenarios) {
  Json list = Json::array();
  for (const ScenarioInfo& scenario : scenarios) {
    Json parameters = Json::array(), claims = Json::array(), references = Json::array();
    for (const ParameterInfo& parameter : scenario.parameters) parameters.push_back(parameter_json(parameter));
    for (const ClaimInfo& claim : scenario.claims) {
      claims.push_back({{"name", claim.name},
                        {"kind", word_of(claim.kind)},
                        {"metric", claim.metric},
                        {"limit", claim.limit},
                        {"source", claim.source}});
    }
    for (const ReferenceInfo& reference : scenario.references) {
      references.push_back({{"name", reference.name}, {"description", reference.description}});
    }
    list.push_back({{"name", scenario.name},
                    {"question", scenario.question},
                    {"parameters", parameters},
                    {"metrics", metric_infos_json(scenario.metrics)},
                    {"claims", claims},
                    {"references", references}});
  }
  return dump_pretty({{"scenarios", list}});
}

std::string suites_json(const std::vector<SuiteListing>& suites) {
  Json list = Json::array();
  for (const SuiteListing& suite : suites) {
    list.push_back({{"name", suite.name}, {"title", suite.title}, {"families", suite.families}});
  }
  return dump_pretty({{"suites", list}});
}

std::string failpoints_json(std::span<const FailpointInfo> failpoints) {
  Json list = Json::array();
  for (const FailpointInfo& info : failpoints) {
    list.push_back({{"name", info.name}, {"stands_at", info.stands_at}, {"can_fail", info.can_fail}});
  }
  return dump_pretty({{"failpoints", list}});
}

std::string runs_json(const EnvironmentRecord& environment, const std::vector<RunRecord>& records) {
  Json runs = Json::array();
  for (const RunRecord& record : records) runs.push_back(run_json(record));
  return dump_pretty(
      {{"schema", "gauntlet.runs/1"}, {"environment", Json::parse(to_json(environment))}, {"runs", runs}});
}

}  // namespace gauntlet
