#include "harness/stats/column_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/store/words.hpp"

namespace gauntlet {
namespace {

using Runs = std::span<const RunRecord* const>;

bool broke_a_must(const RunRecord& record) {
  return std::ranges::any_of(
      record.verdicts, [](const ClaimVerdict& verdict) { return verdict.kind == ClaimKind::must && !verdict.met; });
}

/// "2 of 6 runs failed: REASON", after the first run with that status.
std::string reason_for(RunStatus status, Runs runs) {
  const auto has_status = [status](const RunRecord* run) { return run->status == status; };
  const auto count = std::ranges::count_if(runs, has_status);
  const RunRecord& first = **std::ranges::find_if(runs, has_status);
  const std::string_view reason = first.reason.empty() ? "no reason was given" : std::string_view(first.reason);
  if (count == static_cast<std::ptrdiff_t>(runs.size())) return std::string(reason);
  return fmt::format("{} of {} runs {}: {}", count, runs.size(), word_of(status), reason);
}

/// A failure is never hidden by rounds that went well; a round that is void or skipped only shows in the reason.
void set_status(ColumnSummary& column, Runs runs) {
  const auto any = [runs](RunStatus status) {
    return std::ranges::any_of(runs, [status](const RunRecord* run) { return run->status == status; });
  };
  if (runs.empty()) {
    column.status = RunStatus::skipped;
    column.reason = "no run was finished: the bench was interrupted before";
    return;
  }
  for (const RunStatus status : {RunStatus::failed, RunStatus::invalid, RunStatus::skipped}) {
    if (!any(status)) continue;
    column.status = status == RunStatus::failed || !any(RunStatus::ok) ? status : RunStatus::ok;
    column.reason = reason_for(status, runs);
    return;
  }
}

void add_metrics(ColumnSummary& column, Runs runs) {
  for (const RunRecord* run : runs) {
    if (!gives_values(*run)) continue;
    ++column.rounds;
    for (const auto& [name, metric] : run->metrics) column.metrics[name].values.push_back(metric.value);
  }
  for (auto& [name, metric] : column.metrics) {
    metric.median = median(metric.values);
    metric.interval = median_interval(metric.values);
  }
}

bool is_worse(double value, double than, Better better) {
  return better == Better::lower ? value > than : value < than;
}

void add_verdicts(ColumnSummary& column, Runs runs, const std::vector<MetricInfo>& metrics) {
  for (const RunRecord* run : runs) {
    for (const ClaimVerdict& verdict : run->verdicts) {
      const auto known = std::ranges::find(column.verdicts, verdict.claim, &ClaimSummary::claim);
      if (known == column.verdicts.end()) {
        column.verdicts.push_back({verdict.claim, verdict.kind, verdict.met, verdict.metric, verdict.value,
                                   verdict.limit, verdict.text, true});
        continue;
      }
      known->met = known->met && verdict.met;
      const auto info = std::ranges::find(metrics, verdict.metric, &MetricInfo::name);
      const Better better = info == metrics.end() ? Better::lower : info->better;
      if (is_worse(verdict.value, known->worst, better)) {
        known->worst = verdict.value;
        known->text = verdict.text;
      }
    }
  }
  const bool control = column.role == Role::negative_control;
  const bool broke_one = std::ranges::any_of(
      column.verdicts, [](const ClaimSummary& verdict) { return verdict.kind == ClaimKind::must && !verdict.met; });
  for (ClaimSummary& verdict : column.verdicts) {
    if (verdict.kind == ClaimKind::must) verdict.expected = control ? broke_one : verdict.met;
  }
}

void add_warnings(ColumnSummary& column, Runs runs) {
  for (const RunRecord* run : runs) {
    std::vector<std::string> counted;
    for (const Warning& warning : run->warnings) {
      if (std::ranges::find(counted, warning.code) != counted.end()) continue;
      counted.push_back(warning.code);
      auto known = std::ranges::find(column.warnings, warning.code, &WarningSummary::code);
      if (known == column.warnings.end()) {
        column.warnings.push_back({warning.code, warning.text, 0});
        known = std::prev(column.warnings.end());
      }
      ++known->runs;
    }
  }
}

void add_percentiles(ColumnSummary& column, Runs runs, const PercentileSource& percentiles) {
  std::map<std::string, std::vector<std::string>> references;
  for (const RunRecord* run : runs) {
    if (!gives_values(*run)) continue;
    for (const auto& [label, reference] : run->histograms) references[label].push_back(reference);
  }
  for (const auto& [label, named] : references) column.percentiles[label] = percentiles(named);
}

}  // namespace

bool gives_values(const RunRecord& record) {
  return record.status == RunStatus::ok || (record.status == RunStatus::failed && broke_a_must(record));
}

ByRound values_by_round(Runs runs, const std::string& metric) {
  ByRound values;
  for (const RunRecord* run : runs) {
    const auto found = run->metrics.find(metric);
    if (run->status == RunStatus::ok && found != run->metrics.end()) values[run->spec.round] = found->second.value;
  }
  return values;
}

RunList runs_of(const std::string& cell, const PlanColumn& column, std::span<const RunRecord> records) {
  RunList runs;
  for (const RunRecord& record : records) {
    const RunSpec& spec = record.spec;
    if (spec.cell == cell && spec.runtime == column.runtime && spec.arm == column.arm) runs.push_back(&record);
  }
  // A resumed bench may have finished them in another order.
  std::ranges::sort(runs, {}, [](const RunRecord* run) { return run->spec.round; });
  return runs;
}

SideState state_of(const ColumnSummary& column, const ByRound& values, const std::string& metric) {
  if (!values.empty()) return {};
  if (column.status == RunStatus::ok) {
    return {RunStatus::invalid, fmt::format("{}: {} was not measured", column.runtime, metric)};
  }
  return {column.status, fmt::format("{}: {}", column.runtime, column.reason)};
}

PairedRatio ratio_of(const ByRound& a, const ByRound& b) {
  std::vector<double> left, right;
  for (const auto& [round, value] : a) {
    const auto other = b.find(round);
    if (other == b.end()) continue;
    left.push_back(value);
    right.push_back(other->second);
  }
  return paired_ratio(left, right);
}

ColumnSummary summarise_column(const PlanColumn& planned, Runs runs, const std::vector<MetricInfo>& metrics,
                               const PercentileSource& percentiles) {
  ColumnSummary column;
  column.runtime = planned.runtime;
  column.arm = planned.arm;
  column.role = planned.role;
  set_status(column, runs);
  add_metrics(column, runs);
  add_verdicts(column, runs, metrics);
  add_warnings(column, runs);
  add_percentiles(column, runs, percentiles);
  for (const RunRecord* run : runs) {
    if (column.effective_config.empty()) column.effective_config = run->effective_config;
  }
  return column;
}

}  // namespace gauntlet
