#include "harness/cli/summary_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/tests/record_fixture.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A cell of a contender, a floor and a negative control, each with the one run given.
std::string table_of(std::vector<RunRecord> records) {
  Plan plan;
  PlanCell cell;
  cell.cell = "load/run";
  cell.title = "The title";
  cell.primary = "cpu_us";
  cell.compare = {"cpu_us"};
  cell.reference = "floor_epoll";
  cell.metrics = {{.name = "cpu_us", .unit = "us", .better = Better::lower, .description = ""}};
  cell.columns = {{"single_loop", "a", Role::contender},
                  {"busy_wait", "a", Role::negative_control},
                  {"floor_epoll", "a", Role::reference}};
  plan.cells = {cell};
  for (RunRecord& record : records) {
    record.spec.index = plan.runs.size();
    plan.runs.push_back(record.spec);
  }
  return summary_table(summarise(plan, {}, records, [](auto) { return PercentileList(); }));
}

TEST(SummaryTable, ShowsMediansAndTheRatioToTheFloor) {
  auto floor = fixtures::record_of("floor_epoll", RunStatus::ok, Role::reference);
  floor.metrics["cpu_us"].value = 4.0;
  const auto table = table_of({fixtures::record_of("single_loop", RunStatus::ok), floor});
  EXPECT_THAT(table, HasSubstr("load/run: The title\n  cpu_us in us, lower is better; its ratio to floor_epoll\n"));
  EXPECT_THAT(table, testing::ContainsRegex("single_loop +4.5  1.125\n"));
  EXPECT_THAT(table, testing::ContainsRegex("floor_epoll \\(floor\\) +4\n"));
}

TEST(SummaryTable, SaysWhetherTheNegativeControlWasCaught) {
  const Role control = Role::negative_control;
  EXPECT_THAT(table_of({fixtures::broken_must("busy_wait", control)}), HasSubstr("caught: cpu_us is 4.5 us"));
  auto held = fixtures::broken_must("busy_wait", control);
  held.status = RunStatus::ok;
  held.verdicts.at(0).met = true;
  EXPECT_THAT(table_of({held}), HasSubstr("NOT CAUGHT"));
}

TEST(SummaryTable, ShowsABrokenMustAndListsFailures) {
  const auto table = table_of({fixtures::broken_must("single_loop")});
  EXPECT_THAT(table, HasSubstr("MUST BROKEN: cpu_us is 4.5 us"));
  EXPECT_THAT(table, HasSubstr("Not measured, or failed:\n  run 0 load/run single_loop round 1: failed:"));
  EXPECT_THAT(table_of({fixtures::record_of("single_loop", RunStatus::ok)}), Not(HasSubstr("Not measured")));
}

}  // namespace
}  // namespace gauntlet
