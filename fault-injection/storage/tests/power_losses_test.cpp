#include "fault-injection/storage/power_losses.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "fault-injection/storage/tests/size_of_tests.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

constexpr std::uint64_t cycles = is_optimised ? 20 : 5;

/// Root in CI is there to have it.
bool has_to_be_had() {
  const char* const in_ci = std::getenv("CI");
  return ::geteuid() == 0 && in_ci != nullptr && *in_ci != '\0';
}

TEST(LoopDiskTest, LosesPowerAndNothingThatWasAcknowledged) {
  const ScratchFolder folder;
  const auto disk = LoopDisk::make(folder.path());
  ASSERT_TRUE(disk || !has_to_be_had()) << disk.error();
  if (!disk) GTEST_SKIP() << disk.error();
  const PowerLosses told = lose_power(**disk, {.cycles = cycles});
  EXPECT_EQ(told.failure, "");
  EXPECT_EQ(told.breach, "");
  EXPECT_EQ(told.cycles, cycles);
  EXPECT_GT(told.acknowledged, 0U);
}

TEST(LoopDiskTest, CatchesAJournalThatNeverSynchronises) {
  const ScratchFolder folder;
  const auto disk = LoopDisk::make(folder.path());
  ASSERT_TRUE(disk || !has_to_be_had()) << disk.error();
  if (!disk) GTEST_SKIP() << disk.error();
  const PowerLosses told = lose_power(**disk, {.cycles = cycles, .bug = PlantedBug::no_sync});
  EXPECT_EQ(told.failure, "");
  EXPECT_NE(told.breach, "");
}

}  // namespace
}  // namespace gauntlet
