#include "harness/plan/run_conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using testing::ElementsAre;

MetricInfo metric_named(const std::string& name) {
  return {.name = name, .unit = "us", .better = Better::lower, .description = ""};
}

Plan two_cells() {
  Plan plan;
  PlanCell load;
  load.cell = "load/http";
  load.scenario = "load";
  load.primary = "latency_p99_us";
  load.compare = {"latency_p99_us", "subject_cpu_us_per_request", "throughput_rps"};
  load.metrics = {metric_named("latency_p99_us"), metric_named("subject_cpu_us_per_request")};
  PlanCell memory;
  memory.cell = "memory/tasks";
  memory.scenario = "memory";
  memory.primary = "bytes_per_task";
  memory.compare = {"bytes_per_task"};
  plan.cells = {load, memory};
  for (const PlanCell& cell : plan.cells) {
    RunSpec run;
    run.index = plan.runs.size();
    run.cell = cell.cell;
    run.scenario = cell.scenario;
    plan.runs.push_back(run);
  }
  return plan;
}

TEST(RunConditions, AProfiledPlanHasCellsThatNoUnprofiledOneHas) {
  Plan plan = two_cells();
  mark_profiled(plan);
  EXPECT_TRUE(plan.profile);
  for (const RunSpec& run : plan.runs) {
    EXPECT_TRUE(run.cell.ends_with("+profiled"));
    EXPECT_NE(find_cell(plan, run.cell), nullptr) << run.cell;
  }
}

TEST(RunConditions, WithASharedCpuALoadIsComparedByWhatItCosts) {
  Plan plan = two_cells();
  mark_shared(plan, {"load"});
  EXPECT_TRUE(plan.shared_cpus);
  EXPECT_EQ(plan.runs[0].cell, "load/http+shared");
  const PlanCell& load = *find_cell(plan, "load/http+shared");
  EXPECT_THAT(load.compare, ElementsAre("subject_cpu_us_per_request", "throughput_rps"));
  EXPECT_EQ(load.primary, "subject_cpu_us_per_request");
}

TEST(RunConditions, ACellThatComparedNothingButLatencyComparesCostInstead) {
  Plan plan = two_cells();
  plan.cells[0].compare = {"latency_p99_us"};
  mark_shared(plan, {"load"});
  EXPECT_THAT(plan.cells[0].compare, ElementsAre("subject_cpu_us_per_request"));
}

TEST(RunConditions, AScenarioWithoutAGeneratorSharesNothing) {
  Plan plan = two_cells();
  mark_shared(plan, {"load"});
  EXPECT_EQ(plan.cells[1].cell, "memory/tasks");
  EXPECT_EQ(plan.runs[1].cell, "memory/tasks");
  EXPECT_THAT(plan.cells[1].compare, ElementsAre("bytes_per_task"));
}

}  // namespace
}  // namespace gauntlet
