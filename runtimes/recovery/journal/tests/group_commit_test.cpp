#include "runtimes/recovery/journal/group_commit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

#include "runtimes/contract/registry.hpp"
#include "runtimes/contract/tests/contenders.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::recovery {
namespace {

/// What happened, as tests see it while the commit thread works.
struct JournalState {
  std::counting_semaphore<> may_write{0};  ///< one batch each
  std::atomic<bool> fails{false};
  std::atomic<std::uint64_t> asked{0};  ///< batches that were begun
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> records{0};
};

/// Writes a batch when it may.
class GatedJournal final : public Journal {
 public:
  explicit GatedJournal(JournalState& state) : state_(state) {}
  JournalResult<void> append(std::span<Record> records) override {
    ++state_.asked;
    state_.asked.notify_all();
    state_.may_write.acquire();
    if (state_.fails)
      return std::unexpected(JournalError{.kind = JournalError::Kind::storage, .code = {}, .text = "no"});
    for (Record& record : records) record.sequence = ++state_.records;
    ++state_.batches;
    return {};
  }
  JournalResult<void> trim(std::uint64_t) override { return {}; }
  bool work_ahead() override { return false; }
  JournalFigures figures() const override { return {}; }

 private:
  JournalState& state_;
};

class NoObserver final : public CommitObserver {
 public:
  void committed(const Record&) override {}
  void carry(const JournalFigures&, std::vector<OwnedRecord>&) override {}
  std::uint64_t first_needed() override { return 0; }
};

/// Released first, so that no task waits for ever when a test has failed.
struct Open {
  explicit Open(JournalState& journal) : state(&journal) {}
  ~Open() { state->may_write.release(1'000'000); }
  JournalState* state;
};

class GroupCommitTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    RuntimeConfig config;
    config.backend = GetParam();
    auto made = make_runtime(config);
    if (!made) GTEST_SKIP() << made.error().reason;
    if (find_runtime(GetParam())->most_tasks != 0) GTEST_SKIP() << GetParam() << " has room for fewer tasks";
    runtime_ = std::move(*made);
    commit_ = std::make_unique<GroupCommit>(std::make_unique<GatedJournal>(state_), observer_);
  }
  void wait_until_asked(std::uint64_t batches) {
    for (std::uint64_t seen = state_.asked; seen < batches; seen = state_.asked) state_.asked.wait(seen);
  }

  JournalState state_;
  NoObserver observer_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<GroupCommit> commit_;
};

Task<std::uint64_t> append_one(GroupCommit& commit) {
  const GroupCommit::Appended appended = co_await commit.append(1, "payload");
  co_return appended.value_or(0);
}

Task<std::uint64_t> append_together(GroupCommit& commit, JournalState& state, int others) {
  std::vector<JoinHandle<std::uint64_t>> tasks;
  tasks.push_back(spawn(append_one(commit)));
  while (state.asked < 1) co_await sleep_for(std::chrono::microseconds(100));
  for (int i = 0; i < others; ++i) tasks.push_back(spawn(append_one(commit)));
  // The loop goes on meanwhile: with a blocked one, this sleep would not end.
  co_await sleep_for(std::chrono::milliseconds(20));
  state.may_write.release(1'000);
  std::uint64_t sum = 0;
  for (JoinHandle<std::uint64_t>& task : tasks) {
    const TaskResult<std::uint64_t> sequence = co_await task;
    sum += sequence.value_or(0);
  }
  co_return sum;
}

TEST_P(GroupCommitTest, WhatIsAppendedDuringAWriteIsWrittenTogetherAndBlocksNoLoop) {
  const Open open(state_);
  EXPECT_EQ(block_on(*runtime_, append_together(*commit_, state_, 63)), 64U * 65U / 2U);
  EXPECT_EQ(state_.records, 64U);
  EXPECT_LE(state_.batches, 3U) << "those that were late for the second batch make a third";
}

Task<bool> append_and_fail(GroupCommit& commit, JournalState& state) {
  state.fails = true;
  state.may_write.release(1);
  const GroupCommit::Appended first = co_await commit.append(1, "payload");
  const GroupCommit::Appended held_off = co_await commit.append(1, "payload");
  co_return !first && !held_off && first.error().text == "no" && held_off.error().text == "no";
}

TEST_P(GroupCommitTest, AFailureIsToldAndTheStorageIsNotAskedAgainAtOnce) {
  const Open open(state_);
  EXPECT_TRUE(block_on(*runtime_, append_and_fail(*commit_, state_)));
  EXPECT_EQ(state_.records, 0U);
}

Task<void> cancel_waiting(GroupCommit& commit, JournalState& state) {
  JoinHandle<std::uint64_t> writing = spawn(append_one(commit));
  while (state.asked < 1) co_await sleep_for(std::chrono::microseconds(100));
  JoinHandle<std::uint64_t> queued = spawn(append_one(commit));
  co_await sleep_for(std::chrono::milliseconds(2));
  queued.cancel();
  const TaskResult<std::uint64_t> dropped = co_await queued;
  EXPECT_FALSE(dropped.has_value());
  writing.cancel();
  const TaskResult<std::uint64_t> also_dropped = co_await writing;
  EXPECT_FALSE(also_dropped.has_value());
  state.may_write.release(1'000);
}

TEST_P(GroupCommitTest, ACancelledTaskIsDroppedAtOnceAndItsRecordIsWritten) {
  const Open open(state_);
  block_on(*runtime_, cancel_waiting(*commit_, state_));
  commit_.reset();
  EXPECT_EQ(state_.records, 2U);
}

TEST_P(GroupCommitTest, TheRuntimeMayGoWhileATaskWaits) {
  const Open open(state_);
  spawn(*runtime_, append_one(*commit_)).detach();
  while (state_.asked < 1) runtime_->poll_once();
  std::jthread releasing([this] { state_.may_write.release(1'000); });
  runtime_.reset();
}

TEST_P(GroupCommitTest, WhatNobodyWaitsForIsWrittenBeforeTheEnd) {
  state_.may_write.release(1'000);
  for (int i = 0; i < 100; ++i) commit_->append_later(1, "payload");
  EXPECT_TRUE(commit_->append_blocking(1, "payload").has_value());
  commit_->append_later(1, "payload");
  commit_.reset();
  EXPECT_EQ(state_.records, 102U);
}

INSTANTIATE_TEST_SUITE_P(EveryRuntime, GroupCommitTest, testing::ValuesIn(fixtures::contenders()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace gauntlet::recovery
