// One run: a fresh subject, driven, judged and recorded.
#pragma once

#include <vector>

#include "harness/measure/histogram_log.hpp"
#include "harness/measure/resource_lanes.hpp"
#include "harness/store/run_record.hpp"
#include "harness/subject/harness_bench.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

struct RunOutcome {
  RunRecord record;
  std::vector<HistogramLogEntry> histograms;
  std::vector<HistogramLogEntry> timelines;  ///< tagged as the histogram that they add up to; start_s in its window
  std::vector<ResourceLanes> lanes;
  std::string profile;  ///< folded stacks; empty when there is none
};

/// Never fails: what goes wrong is the record's status, reason and stderr tail. A run that was disturbed, or is
/// invalid, is repeated once and says so (`repeated`, a note); a failure stands. Only Interrupted is thrown, and then
/// there is nothing to record. `spec.params` are full and valid (asserted).
RunOutcome execute_run(const RunSpec& spec, const Scenario& scenario, const SubjectSetup& setup);

}  // namespace gauntlet
