#include <array>

#include "scenarios/busy_wait/busy_wait.hpp"
#include "scenarios/cpu_usage/cpu_usage.hpp"
#include "scenarios/crash_recovery/crash_recovery.hpp"
#include "scenarios/fairness/fairness.hpp"
#include "scenarios/files/files.hpp"
#include "scenarios/journal_cost/journal_cost.hpp"
#include "scenarios/load/load.hpp"
#include "scenarios/memory/memory.hpp"
#include "scenarios/overload/overload.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/scheduling/scheduling.hpp"
#include "scenarios/seam_cost/seam_cost.hpp"
#include "scenarios/sweep/sweep.hpp"

namespace gauntlet {

std::span<const Scenario* const> all_scenarios() {
  static const std::array table = {
      &load_scenario(),      &busy_wait_scenario(), &memory_scenario(),         &scheduling_scenario(),
      &cpu_usage_scenario(), &sweep_scenario(),     &crash_recovery_scenario(), &overload_scenario(),
      &fairness_scenario(),  &seam_cost_scenario(), &files_scenario(),          &journal_cost_scenario(),
  };
  return table;
}

const Scenario* find_scenario(std::string_view name) {
  for (const Scenario* scenario : all_scenarios()) {
    if (scenario->info().name == name) return scenario;
  }
  return nullptr;
}

}  // namespace gauntlet
