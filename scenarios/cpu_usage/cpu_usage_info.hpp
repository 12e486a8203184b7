// What the cpu_usage scenario declares, and how its readings become figures.
#pragma once

#include <optional>
#include <string>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& cpu_usage_info();

/// The schedule that is the same for all.
LoadPlan schedule_of(const Parameters& parameters);
/// A short load, slow enough for a subject that is traced. `long_one` has the same connections and more requests.
LoadPlan traced_plan(const Parameters& parameters, bool long_one);

struct CpuReadings {
  LoadOutcome load;
  /// Without connections, with a tenth of them, with all.
  Consumption idle_alone, idle_few, idle_many;
  // What differs between the two is requests alone: what it takes to connect and to leave is in both.
  std::optional<TracedLoad> traced_short, traced_long;
  std::string why_not_traced;
};

/// What was not counted is left out, with a note.
Observations observe_cpu_usage(const CpuReadings& readings);

}  // namespace gauntlet
