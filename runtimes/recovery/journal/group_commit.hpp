// Appends from many tasks, made durable together on a thread of their own: no event loop waits for a disk.
#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/task/core.hpp"
#include "runtimes/task/external_wait.hpp"

namespace gauntlet::recovery {

/// Who knows what the records mean. Called on the commit thread only, in the order of the journal.
class CommitObserver {
 public:
  /// A record is durable; its append has not been told yet.
  virtual void committed(const Record& record) = 0;
  /// Records that must be written again, ahead of the next batch, so that trimming gets on.
  virtual void carry(const JournalFigures& figures, std::vector<OwnedRecord>& ahead) = 0;
  /// The oldest record that is still needed, or any later number where none is.
  virtual std::uint64_t first_needed() = 0;

 protected:
  ~CommitObserver() = default;
};

struct GroupCommitOptions {
  std::size_t batch_bytes_max = 1024 * 1024;
  /// After a failure, so long appends fail at once with the same error, in place of asking the storage each time.
  std::chrono::milliseconds hold_off{100};
};

/// While one batch is being written, all that is appended meanwhile, by whatever task of whatever runtime, becomes the
/// next one. Appends are made durable in the order in which they were asked for.
///
/// Must be gone before the runtimes are whose tasks wait for it, as it is when these tasks own it together.
class GroupCommit {
 public:
  /// The sequence of a record, now durable.
  using Appended = JournalResult<std::uint64_t>;
  class Append;

  /// `observer` outlives this.
  GroupCommit(std::unique_ptr<Journal> journal, CommitObserver& observer, const GroupCommitOptions& options = {});
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// Makes durable what is queued, and ends the thread. Blocks.
  ~GroupCommit();

  /// To be awaited by a task: yields Appended. A task that is cancelled meanwhile leaves the queue, or is dropped once
  /// its batch has been written.
  Append append(std::uint8_t type, std::string payload);
  /// Queues it and waits for nothing; nobody is told of a failure.
  void append_later(std::uint8_t type, std::string payload);
  /// Blocks the calling thread, which must be no worker.
  Appended append_blocking(std::uint8_t type, std::string payload);

 private:
  struct Entry {
    using Finish = void (*)(Entry&) noexcept;
    Entry(std::uint8_t its_type, std::string its_payload, Finish function) noexcept
        : type(its_type), payload(std::move(its_payload)), finish(function) {}
    Entry* next = nullptr;
    std::uint8_t type;
    std::string payload;
    Appended outcome = 0;
    Finish finish;  ///< called once, on the commit thread, with the outcome; the entry may be gone when it returns
  };

  void queue(Entry& entry) noexcept;
  bool take_out(Entry& entry) noexcept;
  void run();
  Entry* wait_for_batch();
  bool is_queue_empty();
  void commit(Entry* batch);
  JournalResult<void> write(Entry* batch);

  const std::unique_ptr<Journal> journal_;
  CommitObserver& observer_;
  const GroupCommitOptions options_;

  std::mutex mutex_;
  std::condition_variable filled_;
  Entry* first_ = nullptr;
  Entry* last_ = nullptr;
  bool idle_ = false;  ///< the thread waits for `filled_`
  bool stopping_ = false;

  // The commit thread's own.
  std::vector<Record> records_;
  std::vector<OwnedRecord> ahead_;
  std::optional<JournalError> failure_;
  std::chrono::steady_clock::time_point failed_until_;

  std::thread thread_;
};

class GroupCommit::Append final : public ExternalWait, private GroupCommit::Entry {
 public:
  Append(GroupCommit& commit, std::uint8_t its_type, std::string its_payload) noexcept
      : Entry(its_type, std::move(its_payload), &wake), commit_(&commit) {}

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    TaskCore& core = awaiting.promise();
    runtime_ = this_worker()->runtime;
    core.wait_for(*this);
    commit_->queue(*this);
    core.end_suspending();
  }
  Appended await_resume() noexcept { return std::move(outcome); }

  bool withdraw() noexcept override { return commit_->take_out(*this); }

 private:
  static void wake(Entry& entry) noexcept;

  GroupCommit* commit_;
  Runtime* runtime_ = nullptr;
};

inline GroupCommit::Append GroupCommit::append(std::uint8_t type, std::string payload) {
  return Append(*this, type, std::move(payload));
}

}  // namespace gauntlet::recovery
