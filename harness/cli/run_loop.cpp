#include "harness/cli/run_loop.hpp"

#include "harness/measure/percentile_table.hpp"

namespace gauntlet {

std::expected<bool, std::string> run_all(std::span<const RunSpec> specs, const SubjectSetup& setup, Progress& progress,
                                         const KeepRun& keep) {
  for (const RunSpec& spec : specs) {
    const Scenario* scenario = find_scenario(spec.scenario);
    if (scenario == nullptr) {
      return std::unexpected("the plan holds the scenario '" + spec.scenario + "', which this build has not");
    }
    progress.begin(spec);
    try {
      RunOutcome outcome = execute_run(spec, *scenario, setup);
      if (auto kept = keep(outcome); !kept) return std::unexpected(kept.error());
      progress.end(outcome.record);
    } catch (const Interrupted&) {
      return false;
    }
  }
  return true;
}

std::expected<void, std::string> store_run(ResultsDirectory& results, RunOutcome& outcome) {
  const std::uint64_t index = outcome.record.spec.index;
  if (!outcome.histograms.empty()) {
    std::map<std::string, std::string> tables;
    for (const HistogramLogEntry& entry : outcome.histograms) {
      tables[entry.tag] = format_percentile_table(entry.histogram);
      outcome.record.histograms[entry.tag] = histogram_log_name(index) + "#" + entry.tag;
    }
    const std::string log = format_histogram_log(outcome.histograms.front().start_s, outcome.histograms);
    if (auto written = results.write_histograms(index, log, tables); !written) return written;
  }
  if (!outcome.timelines.empty()) {
    for (const HistogramLogEntry& entry : outcome.timelines) {
      outcome.record.timelines[entry.tag] = timeline_log_name(index) + "#" + entry.tag;
    }
    const std::string log = format_histogram_log(outcome.histograms.front().start_s, outcome.timelines);
    if (auto written = results.write_run_file(timeline_log_name(index), log); !written) return written;
  }
  if (!outcome.lanes.empty()) {
    outcome.record.lanes = lanes_name(index);
    if (auto written = results.write_run_file(lanes_name(index), format_lanes(outcome.lanes)); !written) return written;
  }
  if (!outcome.profile.empty()) {
    outcome.record.profile = profile_name(index);
    if (auto written = results.write_run_file(profile_name(index), outcome.profile); !written) return written;
  }
  return results.append(outcome.record);
}

}  // namespace gauntlet
