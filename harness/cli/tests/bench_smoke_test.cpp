// The suite `smoke` from outside: its figures are nothing to go by, that everything works on every runtime is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/cli/exit_code.hpp"
#include "harness/cli/tests/started_program.hpp"
#include "harness/store/results_directory.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

using testing::AnyOf;
using testing::Eq;

std::string name_of(const RunRecord& record) {
  return record.spec.cell + " on " + record.spec.runtime + ": " + record.reason + "\n" + record.stderr_tail;
}

/// A disturbed machine makes runs invalid, which is what they are for then; it makes none of them fail.
void expect_that_nobody_failed(const ResultsDirectory& results) {
  EXPECT_EQ(results.records().size(), results.plan().runs.size());
  std::set<std::string> planned, served;
  for (const RunSpec& spec : results.plan().runs) {
    if (spec.role == Role::contender) planned.insert(spec.runtime);
  }
  for (const RunRecord& record : results.records()) {
    const bool serves = record.status == RunStatus::ok || record.status == RunStatus::skipped;
    if (serves && record.spec.role == Role::contender) served.insert(record.spec.runtime);
    const bool may_fail = record.spec.role == Role::negative_control;
    EXPECT_TRUE(may_fail || record.status != RunStatus::failed) << name_of(record);
  }
  EXPECT_EQ(served, planned) << "who is missing had not one valid run";
}

TEST(BenchSmoke, EveryScenarioWorksOnEveryRuntime) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path() / "results";
  const auto outcome = fixtures::gauntlet({"bench", "smoke", "--out", folder}, "", 0, std::chrono::minutes(14));
  EXPECT_THAT(outcome.code, AnyOf(Eq(kEveryMustHeld), Eq(kNotMeasured))) << outcome.output;
  EXPECT_THAT(outcome.output, testing::HasSubstr("report: " + folder + "/report.html"));
  const auto results = ResultsDirectory::open_for_reading(folder);
  ASSERT_TRUE(results) << results.error();
  expect_that_nobody_failed(*results);
}

}  // namespace
}  // namespace gauntlet
