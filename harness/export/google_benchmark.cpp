#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "harness/export/columns.hpp"
#include "harness/export/writers.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

/// Microseconds in a unit of time; nothing for another unit.
std::optional<double> microseconds_in(const std::string& unit) {
  if (unit == "ns") return 1e-3;
  if (unit == "us") return 1;
  if (unit == "ms") return 1e3;
  if (unit == "s") return 1e6;
  return std::nullopt;
}

/// The metric of an entry's time: the preferred one, or the first that is a time; null when the cell has none.
const MetricInfo* time_metric(const CellSummary& cell, const char* preferred) {
  const MetricInfo* first = nullptr;
  for (const MetricInfo& info : cell.plan.metrics) {
    if (!microseconds_in(info.unit)) continue;
    if (info.name == preferred) return &info;
    if (first == nullptr) first = &info;
  }
  return first;
}

/// `value` yields a metric of the column, or nothing.
template <class Value>
double time_us(const CellSummary& cell, const char* preferred, Value value) {
  const MetricInfo* info = time_metric(cell, preferred);
  if (info == nullptr) return 0;
  return value(info->name).value_or(0) * *microseconds_in(info->unit);
}

template <class Value>
void add_figures(Json& entry, const CellSummary& cell, const ColumnSummary& column, Value value) {
  entry["iterations"] = 1;
  entry["real_time"] = time_us(cell, "latency_p50_us", value);
  entry["cpu_time"] = time_us(cell, "subject_cpu_us_per_request", value);
  entry["time_unit"] = "us";
  for (const auto& [name, metric] : column.metrics) {
    if (const std::optional<double> counter = value(name); counter && std::isfinite(*counter)) entry[name] = *counter;
  }
}

Json entry_of(const std::string& name, std::size_t family, const ColumnSummary& column) {
  return {{"name", name},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", name},
          {"run_type", "iteration"},
          {"repetitions", column.rounds},
          {"repetition_index", 0},
          {"threads", 1}};
}

void add_column(Json& entries, std::size_t family, const Summary& summary, const CellSummary& cell,
                const ColumnSummary& column) {
  const std::string name = cell.plan.cell + "/" + name_of(column);
  const ColumnResult result = result_of(summary, cell, column);
  if (result.kind != ColumnResult::Kind::passed || column.rounds == 0) {
    Json entry = entry_of(name, family, column);
    entry["error_occurred"] = true;
    entry["error_message"] = result.reason;
    add_figures(entry, cell, column, [](const std::string&) -> std::optional<double> { return std::nullopt; });
    entries.push_back(std::move(entry));
    return;
  }
  const auto rounds = static_cast<std::size_t>(column.rounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    Json entry = entry_of(name, family, column);
    entry["repetition_index"] = round;
    // A metric that some round did not yield is in the median alone: which round that was is not known here.
    add_figures(entry, cell, column, [&](const std::string& metric) -> std::optional<double> {
      const auto found = column.metrics.find(metric);
      if (found == column.metrics.end() || found->second.values.size() != rounds) return std::nullopt;
      return found->second.values[round];
    });
    entries.push_back(std::move(entry));
  }
  Json entry = entry_of(name, family, column);
  entry["name"] = name + "_median";
  entry["run_type"] = "aggregate";
  entry.erase("repetition_index");
  entry["aggregate_name"] = "median";
  entry["aggregate_unit"] = "time";
  add_figures(entry, cell, column, [&](const std::string& metric) -> std::optional<double> {
    const auto found = column.metrics.find(metric);
    return found == column.metrics.end() ? std::nullopt : std::optional(found->second.median);
  });
  entry["iterations"] = column.rounds;
  entries.push_back(std::move(entry));
}

Json context_of(const Summary& summary) {
  const auto fact = [&](const char* name) {
    const auto* found = find_fact(summary.environment, name);
    return found != nullptr ? found->value : std::string();
  };
  int cpus = 0;
  const std::string text = fact("cpus");
  std::from_chars(text.data(), text.data() + text.size(), cpus);
  Json context = {{"date", summary.created},
                  {"host_name", ""},
                  {"executable", summary.command},
                  {"num_cpus", cpus},
                  {"mhz_per_cpu", 0},
                  {"cpu_scaling_enabled", fact("governor") != "performance"},
                  {"caches", Json::array()},
                  {"load_avg", Json::array()},
                  {"library_build_type", "release"}};
  for (const EnvironmentRecord::Fact& one : summary.environment.facts) context["gauntlet_" + one.name] = one.value;
  return context;
}

}  // namespace

std::string google_benchmark_json(const Summary& summary) {
  Json entries = Json::array();
  std::size_t family = 0;
  for (const CellSummary& cell : summary.cells) {
    for (const ColumnSummary& column : cell.columns) add_column(entries, family++, summary, cell, column);
  }
  return dump_pretty({{"context", context_of(summary)}, {"benchmarks", entries}});
}

}  // namespace gauntlet
