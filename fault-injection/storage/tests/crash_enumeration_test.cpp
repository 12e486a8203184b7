#include <gtest/gtest.h>

#include "fault-injection/storage/tests/journal_workload.hpp"

namespace gauntlet {
namespace {

constexpr std::uint64_t states_wanted = is_optimised ? 200'000 : 3'000;

struct Enumerated {
  std::uint64_t states = 0;
  std::string breach;  ///< the first
};

/// Runs the workload and recovers from the crash states behind each change of the disk; of every `recrash_every`-th
/// one also from those behind each change that the recovery makes.
void enumerate(JournalWorkload& workload, const WorkloadOptions& options, std::uint64_t recrash_every,
               std::uint64_t states_max, Enumerated& found) {
  std::mt19937_64 random(options.seed);
  const auto judge = [&](const Recovered& recovered) {
    if (found.breach.empty()) found.breach = workload.judge(recovered);
  };
  const auto recover_crashing = [&](SimulatedDisk& disk) {
    disk.on_change = [&] {
      found.states += for_each_crash_state(disk, {.all_subsets_up_to = 3, .random_subsets = 2}, random,
                                           [&](SimulatedDisk left) { judge(recover(left, options.segments)); });
    };
    judge(recover(disk, options.segments));
    disk.on_change = nullptr;
  };
  workload.look = [&] {
    if (found.states >= states_max || !found.breach.empty()) return;
    found.states += for_each_crash_state(workload.disk(), {}, random, [&](SimulatedDisk left) {
      if (recrash_every != 0 && random() % recrash_every == 0) return recover_crashing(left);
      judge(recover(left, options.segments));
    });
  };
  workload.run();
}

/// Over as many seeds as it takes.
Enumerated enumerate_all(WorkloadOptions options, std::uint64_t recrash_every, std::uint64_t states_max) {
  Enumerated found;
  for (options.seed = 1; found.states < states_max && found.breach.empty(); ++options.seed) {
    JournalWorkload workload(options);
    enumerate(workload, options, recrash_every, states_max, found);
    if (found.breach.empty()) {
      EXPECT_GT(workload.oracle().acknowledged(), 0U);
    }
  }
  return found;
}

TEST(CrashEnumerationTest, EveryStateWithBlocksOf512BytesIsRecoveredFrom) {
  const Enumerated found = enumerate_all({}, 40, states_wanted / 2);
  EXPECT_EQ(found.breach, "");
  RecordProperty("states", std::to_string(found.states));
}

TEST(CrashEnumerationTest, EveryStateWithBlocksOf4096BytesIsRecoveredFrom) {
  WorkloadOptions options;
  options.block_bytes = 4096;
  options.segments.segment_bytes = 16384;
  options.segments.step_bytes = 8192;
  const Enumerated found = enumerate_all(options, 40, states_wanted / 2);
  EXPECT_EQ(found.breach, "");
}

/// The bug must be found, by a breach that says so.
void expect_caught(const WorkloadOptions& options, const std::string& words) {
  const Enumerated found = enumerate_all(options, 0, 20'000);
  EXPECT_NE(found.breach.find(words), std::string::npos) << "found: " << found.breach;
}

WorkloadOptions with(PlantedBug bug) {
  WorkloadOptions options;
  options.bug = bug;
  return options;
}

TEST(JournalOracleTest, CatchesAJournalThatNeverSynchronises) {
  expect_caught(with(PlantedBug::no_sync), "what a loss of power left was refused");
}

TEST(JournalOracleTest, CatchesAnAcknowledgementBeforeTheCommit) {
  expect_caught(with(PlantedBug::late_sync), "what a loss of power left was refused");
}

TEST(JournalOracleTest, CatchesALostSynchronisationOfTheDirectory) {
  expect_caught(with(PlantedBug::no_directory_sync), "was not recovered");
}

TEST(JournalOracleTest, CatchesASegmentThatIsVisibleBeforeItIsDurable) {
  expect_caught(with(PlantedBug::visible_before_sync), "was refused");
}

TEST(JournalOracleTest, CatchesAJournalWithoutChecksums) {
  WorkloadOptions options;
  options.segments.checksum = [](std::span<const std::byte>) noexcept { return std::uint32_t{0}; };
  expect_caught(options, "never attempted, or not as it was");
}

StorageFaults failing_syncs() {
  StorageFaults faults;
  faults.only = StorageCall::sync_data;
  return faults;
}

StorageFaults short_writes() {
  StorageFaults faults;
  faults.short_writes = true;
  return faults;
}

/// With one failing call, or with short writes.
std::string breach_with_faults(PlantedBug bug, StorageFaults faults) {
  for (std::uint64_t nth = 1; nth < 60; ++nth) {
    const WorkloadOptions options = with(bug);
    JournalWorkload workload(options);
    workload.faults() = faults;
    if (!faults.short_writes) workload.faults().fail_at = nth;
    Enumerated found;
    enumerate(workload, options, 0, states_wanted / 10, found);
    EXPECT_GT(workload.faults().fired, 0U) << "call " << nth << " never came";
    if (!found.breach.empty() || faults.short_writes) return found.breach;
  }
  return "";
}

TEST(JournalOracleTest, CatchesASynchronisationThatIsTriedAgain) {
  EXPECT_NE(breach_with_faults(PlantedBug::sync_retried, failing_syncs()), "");
}

TEST(JournalOracleTest, CatchesASynchronisationWhoseErrorIsIgnored) {
  EXPECT_NE(breach_with_faults(PlantedBug::sync_error_ignored, failing_syncs()), "");
}

TEST(JournalOracleTest, CatchesAShortWriteThatIsTakenForAWholeOne) {
  EXPECT_NE(breach_with_faults(PlantedBug::short_write_ignored, short_writes()), "");
}

TEST(CrashEnumerationTest, ShortWritesHarmNobody) {
  EXPECT_EQ(breach_with_faults(PlantedBug::none, short_writes()), "");
}

}  // namespace
}  // namespace gauntlet
