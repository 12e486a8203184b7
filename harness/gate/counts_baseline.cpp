#include "harness/gate/counts_baseline.hpp"

#include <fmt/format.h>

#include <system_error>

#include "harness/stats/column_summary.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/store/environment_json.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

EnvironmentRecord without_revision(const EnvironmentRecord& environment) {
  EnvironmentRecord kept{.fingerprint = environment.fingerprint, .facts = {}};
  for (const auto& fact : environment.facts) {
    if (fact.identifies && identifies_machine_or_build_type(fact)) kept.facts.push_back(fact);
  }
  return kept;
}

CountsBaseline read_baseline(const Json& object) {
  check_schema(object, "gauntlet.counts", 1);
  auto environment = parse_environment(field(object, "environment").dump());
  if (!environment) throw FieldError("environment: " + environment.error());
  CountsBaseline baseline{.environment = std::move(*environment), .counts = {}};
  for (const Json& entry : field(object, "counts")) {
    baseline.counts.push_back({.cell = field_as<std::string>(entry, "cell"),
                               .runtime = field_as<std::string>(entry, "runtime"),
                               .params = field_as<std::map<std::string, std::string>>(entry, "params"),
                               .values = field_as<std::map<std::string, double>>(entry, "values")});
  }
  return baseline;
}

}  // namespace

const StoredCounts* find_counts(const CountsBaseline& baseline, const std::string& cell, const std::string& runtime) {
  for (const StoredCounts& counts : baseline.counts) {
    if (counts.cell == cell && counts.runtime == runtime) return &counts;
  }
  return nullptr;
}

std::expected<CountsBaseline, std::string> make_baseline(const GatePlan& plan, std::span<const RunRecord> records,
                                                         const EnvironmentRecord& here) {
  CountsBaseline baseline{.environment = without_revision(here), .counts = {}};
  for (const CountCheck& check : plan.counts) {
    StoredCounts counts{.cell = check.cell, .runtime = check.runtime, .params = check.params, .values = {}};
    const RunList runs = runs_of(check.name(), {.runtime = check.runtime, .arm = "head"}, records);
    for (const CountedMetric& metric : check.metrics) {
      std::vector<double> values;
      for (const auto& [round, value] : values_by_round(runs, metric.info.name)) values.push_back(value);
      if (values.empty()) {
        const std::string reason =
            runs.empty() || runs.front()->reason.empty() ? "no run gave it" : runs.front()->reason;
        return std::unexpected(fmt::format("{}: {} was not counted: {}", check.name(), metric.info.name, reason));
      }
      counts.values[metric.info.name] = median(values);
    }
    baseline.counts.push_back(std::move(counts));
  }
  return baseline;
}

std::string to_json(const CountsBaseline& baseline) {
  Json counts = Json::array();
  for (const StoredCounts& stored : baseline.counts) {
    counts.push_back(
        {{"cell", stored.cell}, {"runtime", stored.runtime}, {"params", stored.params}, {"values", stored.values}});
  }
  return dump_pretty({{"schema", "gauntlet.counts/1"},
                      {"environment", Json::parse(to_json(baseline.environment))},
                      {"counts", counts}});
}

std::expected<CountsBaseline, std::string> parse_counts_baseline(std::string_view text) {
  return read_object(text, read_baseline);
}

std::expected<std::optional<CountsBaseline>, std::string> load_counts_baseline(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  auto baseline = parse_counts_baseline(*text);
  if (!baseline) {
    return std::unexpected(
        fmt::format("{}: {}; write it anew with gauntlet gate --update-counts", path.string(), baseline.error()));
  }
  return std::move(*baseline);
}

}  // namespace gauntlet
