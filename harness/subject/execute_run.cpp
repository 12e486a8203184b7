#include "harness/subject/execute_run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <ctime>

#include "harness/measure/histogram_codec.hpp"
#include "harness/measure/monotonic_clock.hpp"
#include "harness/subject/limits.hpp"

namespace gauntlet {
namespace {

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

/// Empty when the subject is what was asked for.
std::string config_mismatch(const RunSpec& spec, const std::map<std::string, std::string>& effective) {
  const auto backend = effective.find("backend");
  if (backend == effective.end()) return "the subject did not say which runtime it is";
  if (backend->second == spec.runtime) return {};
  return fmt::format("asked for '{}', but the subject ran '{}'", spec.runtime, backend->second);
}

void fail(RunRecord& record, std::string reason) {
  record.status = RunStatus::failed;
  record.reason = std::move(reason);
}

const MetricInfo* declared(const ScenarioInfo& info, const std::string& metric) {
  const auto found = std::ranges::find(info.metrics, metric, &MetricInfo::name);
  return found == info.metrics.end() ? nullptr : &*found;
}

void drive_and_judge(RunRecord& record, const Scenario& scenario, HarnessBench& bench) {
  Observations observations = scenario.drive(bench);
  // A scenario may leave the stopping to us.
  bench.abandon();
  if (auto mismatch = config_mismatch(record.spec, bench.effective_config()); !mismatch.empty()) {
    return fail(record, std::move(mismatch));
  }
  // The runtime's own counters are there for scenarios that declare them.
  for (const auto& [name, value] : bench.counters()) {
    if (declared(scenario.info(), name) != nullptr) observations.metrics.try_emplace(name, value);
  }
  for (const auto& [name, value] : observations.metrics) {
    const MetricInfo* metric = declared(scenario.info(), name);
    if (metric == nullptr) {
      return fail(record, fmt::format("the scenario reported '{}', a metric that it does not declare", name));
    }
    record.metrics[name] = {.value = value, .unit = metric->unit, .better = metric->better};
  }
  observations.warnings.insert(observations.warnings.end(), bench.warnings().begin(), bench.warnings().end());
  Judgement judgement = scenario.judge(observations);
  record.status = judgement.status;
  record.reason = std::move(judgement.reason);
  record.verdicts = std::move(judgement.verdicts);
  record.warnings = std::move(observations.warnings);
}

std::vector<HistogramLogEntry> decoded(const std::vector<OfferedHistogram>& offered, double start_s) {
  std::vector<HistogramLogEntry> entries;
  for (const OfferedHistogram& one : offered) {
    auto histogram = decode_compressed(one.base64);
    if (!histogram) continue;
    entries.push_back(
        {.tag = one.tag, .start_s = start_s, .length_s = one.length_s, .histogram = std::move(*histogram)});
  }
  return entries;
}

std::vector<HistogramLogEntry> decoded(const OfferedTimeline& offered) {
  std::vector<HistogramLogEntry> entries;
  for (std::size_t i = 0; i < offered.parts.latency.size(); ++i) {
    auto histogram = decode_compressed(offered.parts.latency[i]);
    if (!histogram) continue;
    const double start_s = static_cast<double>(i) * offered.interval_s;
    entries.push_back({.tag = offered.tag,
                       .start_s = start_s,
                       .length_s = std::min(offered.interval_s, offered.window_s - start_s),
                       .histogram = std::move(*histogram)});
  }
  return entries;
}

void keep_measurements(const HarnessBench& bench, double epoch_s, RunOutcome& outcome) {
  outcome.histograms = decoded(bench.histograms(), epoch_s);
  for (const OfferedTimeline& timeline : bench.timelines()) {
    for (auto& entry : decoded(timeline)) outcome.timelines.push_back(std::move(entry));
    if (!timeline.parts.lanes.empty())
      outcome.lanes.push_back({.tag = timeline.tag, .intervals = timeline.parts.lanes});
  }
}

RunOutcome attempt(const RunSpec& spec, const Scenario& scenario, const SubjectSetup& setup) {
  RunOutcome outcome;
  RunRecord& record = outcome.record;
  record.spec = spec;
  const auto parameters = Parameters::resolve(scenario.info().parameters, spec.params, false);
  assert(parameters && "a planned run has valid parameters");
  WorkerOptions worker;
  worker.scenario = spec.scenario;
  worker.runtime = spec.runtime;
  worker.params = spec.params;
  worker.config = setup.config_file;
  SubjectSetup own = setup;
  own.worker = setup.worker_for(spec.runtime, scenario.info());
  if (!scenario.info().offers_load) own.placement = without_generator(setup.placement);
  record.started = utc_now();
  const Limits limits = limits_here(find_runtime(spec.runtime));
  if (std::string why = why_too_large(scenario.needs(*parameters), limits); !why.empty()) {
    record.status = RunStatus::skipped;
    record.reason = std::move(why);
    return outcome;
  }
  HarnessBench bench(own, std::move(worker), *parameters);
  const auto epoch_s = static_cast<double>(std::time(nullptr));
  const auto began_ns = monotonic_ns();
  try {
    drive_and_judge(record, scenario, bench);
  } catch (const SubjectSkipped& skipped) {
    record.status = RunStatus::skipped;
    record.reason = skipped.what();
  } catch (const std::exception& failure) {
    fail(record, failure.what());
  }
  bench.abandon();
  if (own.profile) {
    auto profile = bench.collect_profile();
    outcome.profile = std::move(profile.folded);
    for (Warning& note : profile.notes) record.warnings.push_back(std::move(note));
  }
  record.elapsed_s = static_cast<double>(monotonic_ns() - began_ns) * 1e-9;
  record.effective_config = bench.effective_config();
  record.stderr_tail = bench.stderr_tail();
  if (record.status == RunStatus::ok || record.status == RunStatus::failed) {
    keep_measurements(bench, epoch_s, outcome);
  }
  return outcome;
}

/// What the first attempt suffered from, which a second one may be spared. A failure is none: it stands.
std::string why_repeat(const RunRecord& record) {
  if (record.status == RunStatus::invalid) return record.reason;
  const auto disturbed = std::ranges::find(record.warnings, "disturbed", &Warning::code);
  return record.status == RunStatus::ok && disturbed != record.warnings.end() ? disturbed->text : std::string();
}

}  // namespace

RunOutcome execute_run(const RunSpec& spec, const Scenario& scenario, const SubjectSetup& setup) {
  RunOutcome first = attempt(spec, scenario, setup);
  const std::string why = why_repeat(first.record);
  if (why.empty()) return first;
  RunOutcome second = attempt(spec, scenario, setup);
  const bool is_worse = first.record.status == RunStatus::ok && second.record.status == RunStatus::invalid;
  RunOutcome& kept = is_worse ? first : second;
  kept.record.warnings.push_back({Warning::Severity::note, "repeated", "the run was repeated, because " + why});
  return std::move(kept);
}

}  // namespace gauntlet
