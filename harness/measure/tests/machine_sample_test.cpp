#include "harness/measure/machine_sample.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

TEST(MachineSample, AddsUpTheColumnsThatAreWork) {
  const auto sample = parse_machine_sample("cpu  100 20 30 4000 50 6 7 8 9 10\ncpu0 1 2\ncpu1 1 2\nintr 5\n", 100);
  ASSERT_TRUE(sample) << sample.error();
  EXPECT_DOUBLE_EQ(sample->busy_s, 1.63);
  EXPECT_DOUBLE_EQ(sample->steal_s, 0.08);
  EXPECT_EQ(sample->cpus, 2);
}

TEST(MachineSample, RubbishIsAnError) {
  EXPECT_FALSE(parse_machine_sample("", 100));
  EXPECT_FALSE(parse_machine_sample("cpu  1 2 3\n", 100));
  EXPECT_FALSE(parse_machine_sample("cpu  1 2 3 x 5 6 7 8\n", 100));
}

TEST(MachineSample, ForeignWorkIsWhatRemainsAfterOurOwn) {
  const MachineSample before{.taken_ns = 0, .busy_s = 10, .steal_s = 1, .cpus = 2};
  const MachineSample after{.taken_ns = 2'000'000'000, .busy_s = 13, .steal_s = 1.4, .cpus = 2};
  const ForeignCpu foreign = foreign_cpu(before, after, 2);
  EXPECT_DOUBLE_EQ(foreign.busy_share, 0.25);
  EXPECT_NEAR(foreign.steal_share, 0.1, 1e-9);
}

TEST(MachineSample, CoarseTicksNeverMakeAShareNegative) {
  const MachineSample before{.taken_ns = 0, .busy_s = 10, .steal_s = 1, .cpus = 2};
  const MachineSample after{.taken_ns = 1'000'000'000, .busy_s = 10.5, .steal_s = 1, .cpus = 2};
  EXPECT_EQ(foreign_cpu(before, after, 0.6).busy_share, 0);
  EXPECT_EQ(foreign_cpu(before, before, 0).busy_share, 0);
}

TEST(MachineSample, ThisMachineHasOne) {
  const auto sample = sample_machine();
  ASSERT_TRUE(sample) << sample.error();
  EXPECT_GT(sample->busy_s, 0);
  EXPECT_GE(sample->cpus, 1);
}

}  // namespace
}  // namespace gauntlet
