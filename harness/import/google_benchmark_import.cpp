#include "harness/import/google_benchmark_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/measure/environment.hpp"
#include "harness/store/environment_difference.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

/// Numbers of an entry that say how it was run, not what came of it.
constexpr std::array kBookkeeping = {"family_index", "per_family_instance_index",
                                     "repetitions",  "repetition_index",
                                     "threads",      "iterations",
                                     "real_time",    "cpu_time"};
constexpr const char* kContender = "benchmark";

double nanoseconds_in(const std::string& unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  throw FieldError(fmt::format("field 'time_unit' holds the unknown word '{}'", unit));
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "unknown";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

EnvironmentRecord environment_of(const Json& context) {
  std::vector<Fact> facts;
  for (const char* name : {"host_name", "num_cpus", "library_build_type"}) {
    facts.push_back({.name = name, .value = text_of(context, name), .identifies = true});
  }
  for (const char* name : {"mhz_per_cpu", "cpu_scaling_enabled", "executable", "date"}) {
    facts.push_back({.name = name, .value = text_of(context, name)});
  }
  // --benchmark_context=revision=REVISION puts it there.
  facts.push_back({.name = "revision", .value = text_of(context, "revision"), .identifies = true});
  EnvironmentRecord environment{.fingerprint = fingerprint_of(facts), .facts = {}};
  for (const Fact& fact : facts) {
    environment.facts.push_back({.name = fact.name, .value = fact.value, .warning = {}, .identifies = fact.identifies});
  }
  return environment;
}

Better better_of(const std::string& metric) { return metric.ends_with("_per_second") ? Better::higher : Better::lower; }

std::map<std::string, MetricValue> metrics_of(const Json& entry) {
  const double factor = nanoseconds_in(field_as<std::string>(entry, "time_unit"));
  std::map<std::string, MetricValue> metrics;
  metrics["cpu_time_ns"] = {.value = field_as<double>(entry, "cpu_time") * factor, .unit = "ns"};
  metrics["real_time_ns"] = {.value = field_as<double>(entry, "real_time") * factor, .unit = "ns"};
  for (const auto& [name, value] : entry.items()) {
    if (!value.is_number() || std::ranges::find(kBookkeeping, name) != kBookkeeping.end()) continue;
    metrics[name] = {.value = value.get<double>(), .unit = "", .better = better_of(name)};
  }
  return metrics;
}

class Importer {
 public:
  void read(const Json& report) {
    const Json& context = field(report, "context");
    const EnvironmentRecord environment = environment_of(context);
    if (results_.environment.facts.empty()) begin(environment, context);
    const std::string difference =
        environment_difference(results_.environment, environment, {"before", "here"}, identifies_machine_or_build_type);
    if (!difference.empty()) throw FieldError("comes from another machine or build type: " + difference);
    for (const Json& entry : field(report, "benchmarks")) {
      if (text_of(entry, "run_type") != "aggregate") add(entry, text_of(context, "date"));
    }
  }

  ImportedResults finish() {
    for (const PlanCell& cell : results_.plan.cells) {
      results_.plan.rounds = std::max(results_.plan.rounds, rounds_[cell.cell]);
    }
    return std::move(results_);
  }

 private:
  void begin(const EnvironmentRecord& environment, const Json& context) {
    results_.environment = environment;
    results_.plan.suite = "google-benchmark";
    results_.plan.created = text_of(context, "date");
    results_.plan.command = text_of(context, "executable");
  }

  void add(const Json& entry, const std::string& date) {
    const std::string cell = "benchmark/" + field_as<std::string>(entry, "name");
    RunRecord record;
    record.spec = {.index = results_.plan.runs.size(),
                   .cell = cell,
                   .scenario = "google-benchmark",
                   .runtime = kContender,
                   .round = rounds_[cell]++,
                   .params = {}};
    record.effective_config = {{"backend", kContender}};
    record.started = date;
    const auto failed = entry.find("error_occurred");
    if (failed != entry.end() && failed->is_boolean() && failed->get<bool>()) {
      record.status = RunStatus::failed;
      record.reason = text_of(entry, "error_message");
    } else {
      record.metrics = metrics_of(entry);
    }
    declare(cell, record.metrics);
    results_.plan.runs.push_back(record.spec);
    results_.records.push_back(std::move(record));
  }

  void declare(const std::string& name, const std::map<std::string, MetricValue>& metrics) {
    auto cell = std::ranges::find(results_.plan.cells, name, &PlanCell::cell);
    if (cell == results_.plan.cells.end()) {
      PlanCell made;
      made.cell = name;
      made.scenario = "google-benchmark";
      made.title = name.substr(name.find('/') + 1);
      made.question = "What does " + made.title + " cost?";
      made.primary = "cpu_time_ns";
      made.compare = {"cpu_time_ns", "real_time_ns"};
      made.columns = {{.runtime = kContender}};
      results_.plan.cells.push_back(std::move(made));
      cell = std::prev(results_.plan.cells.end());
    }
    for (const auto& [metric, value] : metrics) {
      if (std::ranges::find(cell->metrics, metric, &MetricInfo::name) != cell->metrics.end()) continue;
      cell->metrics.push_back({.name = metric, .unit = value.unit, .better = value.better, .description = ""});
    }
  }

  ImportedResults results_;
  std::map<std::string, int> rounds_;
};

}  // namespace

std::expected<ImportedResults, std::string> import_google_benchmark(std::span<const NamedText> files) {
  Importer importer;
  for (const NamedText& file : files) {
    const auto done = read_object(file.text, [&](const Json& report) {
      importer.read(report);
      return true;
    });
    if (!done) return std::unexpected(fmt::format("{}: {}", file.name, done.error()));
  }
  ImportedResults results = importer.finish();
  if (results.records.empty()) return std::unexpected("no file holds a benchmark that was run");
  return results;
}

}  // namespace gauntlet
