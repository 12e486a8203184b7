#include "fault-injection/storage/crash_enumeration.hpp"

#include <gtest/gtest.h>

#include "fault-injection/storage/tests/size_of_tests.hpp"

namespace gauntlet {
namespace {

constexpr std::uint64_t states_wanted = is_optimised ? 200'000 : 3'000;
constexpr std::uint64_t power_losses_wanted = is_optimised ? 200 : 20;

void expect_every_state_recovered(const WorkloadOptions& workload) {
  const Enumerated found =
      enumerate_crash_states({.workload = workload, .states_min = states_wanted / 2, .recrash_every = 40});
  EXPECT_EQ(found.breach, "");
  EXPECT_GE(found.states, states_wanted / 2);
  EXPECT_GE(found.moments, power_losses_wanted / 2);
  EXPECT_GT(found.acknowledged, 0U);
}

TEST(CrashEnumerationTest, EveryStateWithBlocksOf512BytesIsRecoveredFrom) { expect_every_state_recovered({}); }

TEST(CrashEnumerationTest, EveryStateWithBlocksOf4096BytesIsRecoveredFrom) {
  WorkloadOptions options;
  options.block_bytes = 4096;
  options.segments.segment_bytes = 16384;
  options.segments.step_bytes = 8192;
  expect_every_state_recovered(options);
}

TEST(CrashEnumerationTest, EveryStateWithLargePayloadsInFilesIsRecoveredFrom) {
  const Enumerated found = enumerate_crash_states(
      {.workload = {.large_from = large_payload_bytes}, .states_min = states_wanted / 4, .recrash_every = 40});
  EXPECT_EQ(found.breach, "");
  EXPECT_GE(found.states, states_wanted / 4);
  EXPECT_GT(found.acknowledged, 0U);
}

TEST(CrashEnumerationTest, ReadingAloneFindsTheSameAsOpening) {
  const Enumerated found = enumerate_crash_states({.states_min = 2'000, .open_every = 50});
  EXPECT_EQ(found.breach, "");
  EXPECT_GE(found.states, 2'000U);
}

}  // namespace
}  // namespace gauntlet
