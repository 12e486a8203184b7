// What the journal costs, against the least code that makes a record durable, in turn on the same disk.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "runtimes/contract/registry.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/journal/group_commit.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/request_ledger.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet::recovery {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int rounds = 7;
constexpr std::chrono::milliseconds window{120};
constexpr std::size_t payload_bytes = 256;
constexpr std::uint64_t file_bytes = 16 * 1024 * 1024;
constexpr int clients = 64;

const std::string payload(payload_bytes, 'p');

/// Calls `step` for a window; steps a second.
template <typename Step>
double rate(Step step) {
  const auto began = Clock::now();
  std::uint64_t steps = 0;
  while (Clock::now() - began < window) {
    step();
    ++steps;
  }
  return static_cast<double>(steps) / std::chrono::duration<double>(Clock::now() - began).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// A file that was written in full with zeros, overwritten from the start, one fdatasync for each record.
class RawLoop {
 public:
  explicit RawLoop(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    // As a segment is prepared, so that both have the same extents and the same pages.
    EXPECT_EQ(::fallocate(fd_, 0, 0, static_cast<off_t>(file_bytes)), 0);
    const std::string zeros(1024 * 1024, '\0');
    for (std::uint64_t at = 0; at < file_bytes; at += zeros.size()) {
      const ssize_t written = ::pwrite(fd_, zeros.data(), zeros.size(), static_cast<off_t>(at));
      EXPECT_EQ(written, static_cast<ssize_t>(zeros.size()));
    }
    EXPECT_EQ(::fdatasync(fd_), 0);
  }
  RawLoop(const RawLoop&) = delete;
  RawLoop& operator=(const RawLoop&) = delete;
  ~RawLoop() { ::close(fd_); }

  void write() {
    const ssize_t written = ::pwrite(fd_, record_.data(), record_.size(), offset_);
    if (written != static_cast<ssize_t>(record_.size()) || ::fdatasync(fd_) != 0) ADD_FAILURE();
    offset_ = (offset_ + static_cast<off_t>(record_.size())) % static_cast<off_t>(file_bytes - record_.size());
  }

 private:
  const int fd_;
  const std::string record_ = std::string(record_bytes(payload_bytes), 'r');
  off_t offset_ = 0;
};

std::unique_ptr<SegmentJournal> open_journal(const std::filesystem::path& path, const RecordVisitor& visit) {
  auto storage = PosixStorage::open_folder(path, Folder::may_be_made);
  auto journal = SegmentJournal::open(std::move(*storage), {}, visit);
  EXPECT_TRUE(journal.has_value());
  while ((*journal)->work_ahead()) {
  }
  return std::move(*journal);
}

/// Everything may go at once.
class NothingNeeded final : public CommitObserver {
 public:
  void committed(const Record& record) override { last_ = record.sequence; }
  void carry(const JournalFigures&, std::vector<OwnedRecord>&) override {}
  std::uint64_t first_needed() override { return last_; }

 private:
  std::uint64_t last_ = 0;
};

Task<std::uint64_t> append_until(GroupCommit& commit, Clock::time_point end) {
  std::uint64_t appended = 0;
  while (Clock::now() < end) {
    std::string copy = payload;
    const GroupCommit::Appended one = co_await commit.append(1, std::move(copy));
    if (one) ++appended;
  }
  co_return appended;
}

Task<double> append_from_all_clients(GroupCommit& commit) {
  const auto began = Clock::now();
  std::vector<JoinHandle<std::uint64_t>> tasks;
  for (int i = 0; i < clients; ++i) tasks.push_back(spawn(append_until(commit, began + window)));
  std::uint64_t appended = 0;
  for (JoinHandle<std::uint64_t>& task : tasks) {
    const TaskResult<std::uint64_t> count = co_await task;
    appended += count.value_or(0);
  }
  co_return static_cast<double>(appended) / std::chrono::duration<double>(Clock::now() - began).count();
}

TEST(JournalFigures, OneRecordCostsLittleMoreThanItsSyncAndManyShareOne) {
  const ScratchFolder folder;
  RawLoop raw(folder.path() / "raw");
  if (rate([&raw] { raw.write(); }) > 200'000) GTEST_SKIP() << "nothing is synchronised in " << folder.path();
  const auto single = open_journal(folder.path() / "single", [](const Record&) {});
  NothingNeeded observer;
  auto runtime = make_runtime(RuntimeConfig{});
  GroupCommit commit(open_journal(folder.path() / "group", [](const Record&) {}), observer);
  std::vector<double> single_ratios, group_ratios;
  for (int round = 0; round < rounds; ++round) {
    const double raw_before = rate([&raw] { raw.write(); });
    const double single_rate = rate([&single] {
      Record record{.type = 1, .payload = payload};
      ASSERT_TRUE(single->append({&record, 1}).has_value());
      ASSERT_TRUE(single->trim(record.sequence).has_value());
    });
    // Around what it is compared with: the disk may still be at work for the clients of the round before.
    const double raw_rate = (raw_before + rate([&raw] { raw.write(); })) / 2;
    const double group_rate = block_on(**runtime, append_from_all_clients(commit));
    single_ratios.push_back(single_rate / raw_rate);
    group_ratios.push_back(group_rate / single_rate);
    std::printf("raw %8.0f/s  batch 1 %8.0f/s (%.2f of raw)  %d clients %8.0f/s (%.1f times batch 1)\n", raw_rate,
                single_rate, single_ratios.back(), clients, group_rate, group_ratios.back());
  }
  std::printf("medians: %.2f of raw, %.1f times batch 1\n", median(single_ratios), median(group_ratios));
  EXPECT_GT(median(group_ratios), 2) << "records of 64 clients share a sync";
}

TEST(JournalFigures, TakesUpAHundredThousandUnfinishedRequestsInNoTime) {
  const ScratchFolder folder;
  StoredRequest request;
  request.target = "/orders";
  request.body = payload;
  const std::string encoded = encode(request);
  {
    const auto journal = open_journal(folder.path(), [](const Record&) {});
    for (int batch = 0; batch < 100; ++batch) {
      std::vector<Record> records(1000, Record{.type = 1, .payload = encoded});
      ASSERT_TRUE(journal->append(records).has_value());
    }
  }
  RequestLedger ledger;
  auto indexed = Clock::now();
  const auto began = indexed;
  const auto journal = open_journal(folder.path(), [&](const Record& record) {
    ASSERT_TRUE(ledger.apply(record));
    indexed = Clock::now();
  });
  const std::chrono::duration<double, std::milli> read_ms = indexed - began, open_ms = Clock::now() - began;
  EXPECT_EQ(ledger.incomplete().size(), 100'000U);
  std::printf("100,000 requests of %zu bytes: read and indexed in %.0f ms, open for new ones after %.0f ms\n",
              payload_bytes, read_ms.count(), open_ms.count());
}

}  // namespace
}  // namespace gauntlet::recovery
