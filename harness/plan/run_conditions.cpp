#include "harness/plan/run_conditions.hpp"

#include <algorithm>

namespace gauntlet {
namespace {

void rename_cells(Plan& plan, const std::string& suffix, const std::vector<std::string>* scenarios = nullptr) {
  const auto concerned = [scenarios](const std::string& scenario) {
    return scenarios == nullptr || std::ranges::find(*scenarios, scenario) != scenarios->end();
  };
  for (PlanCell& cell : plan.cells) {
    if (concerned(cell.scenario)) cell.cell += suffix;
  }
  for (RunSpec& run : plan.runs) {
    if (concerned(run.scenario)) run.cell += suffix;
  }
}

bool is_time_of_an_answer(const std::string& metric) {
  return metric.starts_with("latency_") || metric.starts_with("schedule_lag_");
}

}  // namespace

void mark_profiled(Plan& plan) {
  plan.profile = true;
  rename_cells(plan, "+profiled");
}

void mark_shared(Plan& plan, const std::vector<std::string>& scenarios_with_load) {
  plan.shared_cpus = true;
  rename_cells(plan, "+shared", &scenarios_with_load);
  for (PlanCell& cell : plan.cells) {
    if (std::ranges::find(scenarios_with_load, cell.scenario) == scenarios_with_load.end()) continue;
    std::erase_if(cell.compare, is_time_of_an_answer);
    constexpr const char* cost = "subject_cpu_us_per_request";
    const bool knows_cost = std::ranges::find(cell.metrics, cost, &MetricInfo::name) != cell.metrics.end();
    if (cell.compare.empty() && knows_cost) cell.compare = {cost};
    if (is_time_of_an_answer(cell.primary) && !cell.compare.empty()) cell.primary = cell.compare.front();
  }
}

}  // namespace gauntlet
