#include "harness/cli/tests/made_up_results.hpp"

#include <gtest/gtest.h>

namespace gauntlet::fixtures {

MadeUpBench::MadeUpBench() {
  constexpr int rounds = 12;
  PlanCell cell;
  cell.cell = "load/echo";
  cell.scenario = "load";
  cell.primary = "cost_us";
  cell.compare = {"cost_us"};
  cell.metrics = {{.name = "cost_us", .unit = "us", .better = Better::lower, .description = ""}};
  cell.columns = {{.runtime = "single_loop"}, {.runtime = "single_loop", .arm = "aa"}};
  plan.suite = "quick";
  plan.created = "2026-01-31T12:00:00Z";
  plan.command = "gauntlet bench quick";
  plan.cells = {cell};
  for (int round = 0; round < rounds; ++round) {
    for (const char* arm : {"a", "aa"}) {
      plan.runs.push_back({.index = plan.runs.size(),
                           .cell = cell.cell,
                           .scenario = "load",
                           .runtime = "single_loop",
                           .arm = arm,
                           .round = round,
                           .role = Role::contender,
                           .params = {}});
    }
  }
}

std::string MadeUpBench::results(const std::string& name, double cost) const {
  const auto path = folder.path() / name;
  auto directory = ResultsDirectory::create(path, plan, environment);
  EXPECT_TRUE(directory) << directory.error();
  for (const RunSpec& spec : plan.runs) {
    RunRecord record;
    record.spec = spec;
    const double value = cost * (1 + 0.001 * static_cast<double>(spec.index * 7 % 5));
    record.metrics["cost_us"] = {.value = value, .unit = "us", .better = Better::lower};
    EXPECT_TRUE(directory->append(record));
  }
  return path.string();
}

}  // namespace gauntlet::fixtures
