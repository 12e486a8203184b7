#include "harness/stats/summary.hpp"

#include <algorithm>

namespace gauntlet {
namespace {

std::vector<std::string> commands_to_reproduce(const Plan& plan, const EnvironmentRecord& environment) {
  std::vector<std::string> commands;
  const auto* revision = find_fact(environment, "revision");
  if (revision && !revision->value.empty() && revision->value != "unknown") {
    commands.push_back("git checkout " + revision->value);
  }
  commands.push_back("make build");
  commands.push_back("build/release/" + plan.command);
  return commands;
}

RuntimeSummary summarise_runtime(const PlanColumn& column, std::span<const RunRecord> records) {
  RuntimeSummary runtime{.name = column.runtime, .role = column.role, .available = true, .reason = ""};
  bool ran = false;
  for (const RunRecord& record : records) {
    if (record.spec.runtime != column.runtime) continue;
    if (record.status != RunStatus::skipped) ran = true;
    if (record.status == RunStatus::skipped && runtime.reason.empty()) runtime.reason = record.reason;
  }
  if (ran) runtime.reason.clear();
  runtime.available = runtime.reason.empty();
  return runtime;
}

/// Each name once, in order of the cells' columns. A name that is a negative control anywhere is one.
std::vector<RuntimeSummary> summarise_runtimes(const Plan& plan, std::span<const RunRecord> records) {
  std::vector<RuntimeSummary> runtimes;
  for (const PlanCell& cell : plan.cells) {
    for (const PlanColumn& column : cell.columns) {
      const auto known = std::ranges::find(runtimes, column.runtime, &RuntimeSummary::name);
      if (known == runtimes.end()) {
        runtimes.push_back(summarise_runtime(column, records));
      } else if (column.role == Role::negative_control) {
        known->role = column.role;
      }
    }
  }
  return runtimes;
}

bool is_failure(const RunRecord& record) {
  if (record.status == RunStatus::invalid) return true;
  if (record.status != RunStatus::failed) return false;
  const bool broke_a_must = gives_values(record);
  return !(record.spec.role == Role::negative_control && broke_a_must);
}

std::vector<FailureSummary> summarise_failures(std::span<const RunRecord> records) {
  std::vector<FailureSummary> failures;
  for (const RunRecord& record : records) {
    if (is_failure(record)) failures.push_back({record.spec, record.status, record.reason, record.stderr_tail});
  }
  std::ranges::sort(failures, {}, [](const FailureSummary& failure) { return failure.spec.index; });
  return failures;
}

}  // namespace

Summary summarise(const Plan& plan, const EnvironmentRecord& environment, std::span<const RunRecord> records,
                  const PercentileSource& percentiles) {
  Summary summary;
  summary.suite = plan.suite;
  summary.created = plan.created;
  summary.command = plan.command;
  summary.reproduce = commands_to_reproduce(plan, environment);
  summary.runs_planned = plan.runs.size();
  summary.runs_finished = records.size();
  summary.environment = environment;
  summary.runtimes = summarise_runtimes(plan, records);
  for (const PlanCell& cell : plan.cells) {
    const auto run = std::ranges::find(plan.runs, cell.cell, &RunSpec::cell);
    const auto params = run == plan.runs.end() ? std::map<std::string, std::string>{} : run->params;
    summary.cells.push_back(summarise_cell(cell, params, records, percentiles));
  }
  summary.failures = summarise_failures(records);
  return summary;
}

}  // namespace gauntlet
