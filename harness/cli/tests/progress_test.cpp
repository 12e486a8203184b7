#include "harness/cli/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "harness/cli/tests/record_fixture.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::Not;

Plan plan_of_two() {
  Plan plan;
  PlanCell cell;
  cell.cell = "load/run";
  cell.primary = "cpu_us";
  cell.seconds_per_run = 10;
  plan.cells = {cell};
  for (int round = 0; round < 2; ++round) {
    RunSpec spec = fixtures::record_of("single_loop", RunStatus::ok).spec;
    spec.index = static_cast<std::uint64_t>(round);
    spec.round = round;
    plan.runs.push_back(spec);
  }
  return plan;
}

/// What progress prints while the first of two runs ends as `record`.
std::string printed(RunRecord record, Progress::Style style) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = open_memstream(&text, &size);
  const Plan plan = plan_of_two();
  record.elapsed_s = 5;
  {
    Progress progress(plan, 0, stream, style);
    progress.begin(plan.runs.front());
    progress.end(record);
  }
  std::fclose(stream);
  const std::unique_ptr<char, void (*)(void*)> owned(text, std::free);
  return {text, size};
}

TEST(Progress, OnAPipeIsOnePlainLineARun) {
  RunRecord record = fixtures::record_of("single_loop", RunStatus::ok);
  record.metrics["throughput_rps"] = {.value = 8000.4, .unit = "requests/s", .better = Better::higher};
  EXPECT_EQ(printed(record, {}), "[1/2] load/run  single_loop  round 1/2  4.5 us  8000 rps  5s left\n")
      << "the pace of the first run, half the estimate, is expected of the second";
}

TEST(Progress, OnATerminalRewritesItsLine) {
  const auto text = printed(fixtures::record_of("single_loop", RunStatus::ok), {.rewrites = true, .colours = true});
  EXPECT_THAT(text, HasSubstr("\r\033[K[1/2]"));
  EXPECT_THAT(text, Not(HasSubstr("\033[31m")));
}

TEST(Progress, LetsAFailureStandInColour) {
  const auto text = printed(fixtures::broken_must("single_loop"), {.rewrites = true, .colours = true});
  EXPECT_THAT(text, HasSubstr("\033[31m"));
  EXPECT_THAT(text, HasSubstr("must be at most 1"));
  EXPECT_EQ(text.back(), '\n');
}

TEST(Progress, UsesNoColourWhereNoneIsWanted) {
  EXPECT_THAT(printed(fixtures::broken_must("single_loop"), {.rewrites = true, .colours = false}),
              Not(HasSubstr("\033[31m")));
}

TEST(ShortTime, ReadsAsAPersonSaysIt) {
  EXPECT_EQ(short_time(44.2), "45s");
  EXPECT_EQ(short_time(130), "2m10s");
  EXPECT_EQ(short_time(3605), "60m05s");
}

}  // namespace
}  // namespace gauntlet
