#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "fault-injection/storage/error_loops.hpp"
#include "fault-injection/storage/journal_workload.hpp"
#include "fault-injection/storage/tests/size_of_tests.hpp"
#include "runtimes/recovery/journal/payload_files.hpp"

namespace gauntlet {
namespace {

void expect_no_breach(const ErrorLoop& loop, std::uint64_t failed_min) {
  EXPECT_EQ(loop.breach, "");
  EXPECT_GT(loop.failed, failed_min);
}

TEST(StorageErrorTest, AnyCallMayFailOnce) {
  expect_no_breach(fail_every_call({.steps = is_optimised ? 60 : 20}), is_optimised ? 100 : 30);
}

TEST(StorageErrorTest, AnyCallMayFailFromThenOn) {
  expect_no_breach(fail_every_call({.steps = is_optimised ? 60 : 20, .from_then_on = true}), is_optimised ? 100 : 30);
}

TEST(StorageErrorTest, AnyCallOfTheRecoveryMayFailAsWell) {
  expect_no_breach(fail_every_call_of_recovery({.steps = is_optimised ? 40 : 20, .stride = is_optimised ? 3U : 40U}),
                   is_optimised ? 500 : 50);
}

TEST(StorageErrorTest, AnyCallMayFailWherePayloadsAreInFiles) {
  for (const bool from_then_on : {false, true}) {
    expect_no_breach(
        fail_every_call(
            {.steps = is_optimised ? 60 : 20, .from_then_on = from_then_on, .large_from = large_payload_bytes}),
        is_optimised ? 100 : 30);
  }
  expect_no_breach(
      fail_every_call_of_recovery(
          {.steps = is_optimised ? 40 : 20, .stride = is_optimised ? 7U : 40U, .large_from = large_payload_bytes}),
      is_optimised ? 200 : 50);
}

TEST(StorageErrorTest, OneFailureStopsNeitherTheNextAppendNorTheNextOpening) {
  for (const StorageCall call : {StorageCall::write, StorageCall::sync_data}) {
    JournalWorkload workload({.steps = 60});
    workload.faults().fail_at = 12;
    workload.faults().only = call;
    workload.run();
    EXPECT_EQ(workload.faults().fired, 1U);
    EXPECT_LE(workload.refused(), 1U);
    EXPECT_EQ(workload.judge(recover(workload.disk(), small_segments())), "");
  }
}

class FullDiskTest : public testing::Test {
 protected:
  FullDiskTest() {
    auto opened = recovery::SegmentJournal::open(disk_.mount(), small_segments(), [](const recovery::Record&) {});
    journal_ = std::move(*opened);
  }
  recovery::JournalResult<void> append() {
    const std::string payload = oracle_.attempt();
    std::array<recovery::Record, 1> records{{{.type = 1, .payload = payload}}};
    const auto appended = journal_->append(records);
    if (appended) oracle_.acknowledge(oracle_.last_attempted());
    return appended;
  }

  SimulatedDisk disk_{{.capacity_bytes = 3 * 4096}};
  JournalOracle oracle_;
  std::unique_ptr<recovery::SegmentJournal> journal_;
};

TEST_F(FullDiskTest, RefusesUntilThereIsSpaceAndLosesNothing) {
  int accepted = 0;
  while (append()) ++accepted;
  EXPECT_GT(accepted, 10);
  const auto refused = append();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, std::errc::no_space_on_device);
  disk_.set_capacity(1 << 20);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(append().has_value());
  journal_.reset();
  EXPECT_EQ(oracle_.breach(recover(disk_, small_segments()).payloads), std::nullopt);
}

TEST_F(FullDiskTest, TrimmingMakesSpace) {
  while (append()) {
  }
  ASSERT_TRUE(journal_->trim(journal_->figures().next_sequence).has_value());
  EXPECT_TRUE(append().has_value());
}

/// Every bit of what is durable, flipped alone: refused with segment and offset, or cut where nobody can know better,
/// but never read as something that it was not.
TEST(BitFlipTest, IsRefusedOrCutButNeverBelieved) {
  WorkloadOptions options;
  options.seed = 3;
  options.steps = 25;
  JournalWorkload workload(options);
  workload.run();
  const Recovered whole = recover(workload.disk(), small_segments());
  ASSERT_GT(whole.payloads.size(), 10U);
  std::uint64_t refused = 0;
  for (const std::string& name : workload.disk().names()) {
    if (recovery::segment_number(name) == 0) continue;
    const std::size_t size = workload.disk().contents(name)->size();
    for (std::size_t at = 0; at < size; at += is_optimised ? 3 : 41) {
      SimulatedDisk damaged = workload.disk().after_power_loss([](std::size_t) { return true; });
      std::string& bytes = *damaged.contents(name);
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
      const Recovered found = recover(damaged, small_segments());
      if (!found.refusal.empty()) {
        ++refused;
        EXPECT_NE(found.refusal.find(name), std::string::npos) << found.refusal;
        EXPECT_NE(found.refusal.find("offset"), std::string::npos) << found.refusal;
        continue;
      }
      ASSERT_LE(found.payloads.size(), whole.payloads.size());
      EXPECT_TRUE(std::equal(found.payloads.begin(), found.payloads.end(), whole.payloads.begin()));
    }
  }
  EXPECT_GT(refused, 10U);
}

std::vector<std::string> payloads_of(const SimulatedDisk& disk) {
  std::vector<std::string> names = disk.names();
  std::erase_if(names, [](const std::string& name) { return recovery::payload_number(name) == 0; });
  return names;
}

/// Has run, and left several.
std::unique_ptr<JournalWorkload> workload_with_payloads() {
  WorkloadOptions options{.steps = 25, .large_from = large_payload_bytes};
  for (;; ++options.seed) {
    auto workload = std::make_unique<JournalWorkload>(options);
    workload->run();
    if (payloads_of(workload->disk()).size() > 1) return workload;
  }
}

/// Every byte of a payload in a file of its own, changed alone, and the file cut, longer, or gone: refused with its
/// name.
TEST(BitFlipTest, OfALargePayloadIsRefusedAndSoIsOneThatIsMissing) {
  const std::unique_ptr<JournalWorkload> workload = workload_with_payloads();
  for (const std::string& name : payloads_of(workload->disk())) {
    const auto expect_refused = [&](const std::function<void(std::string&)>& damage) {
      SimulatedDisk damaged = workload->disk().after_power_loss([](std::size_t) { return true; });
      damage(*damaged.contents(name));
      const Recovered found = recover(damaged, small_segments());
      EXPECT_NE(found.refusal.find(name), std::string::npos) << found.refusal;
    };
    const std::size_t size = workload->disk().contents(name)->size();
    for (std::size_t at = 0; at < size; at += is_optimised ? 1 : 17) {
      expect_refused([at](std::string& bytes) { bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8))); });
    }
    expect_refused([](std::string& bytes) { bytes.pop_back(); });
    expect_refused([](std::string& bytes) { bytes.push_back('x'); });
    SimulatedDisk without = workload->disk().after_power_loss([](std::size_t) { return true; });
    EXPECT_TRUE(without.mount()->remove(name).has_value());
    EXPECT_NE(
        recover(without, small_segments()).refusal.find(name + ", which a record of the journal names, is missing"),
        std::string::npos);
  }
}

}  // namespace
}  // namespace gauntlet
