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
/// Outlives the tasks that wait for it.
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

  /// To be awaited by a task: yields Appended. A task that is cancelled meanwhile is dropped at once; its record is
  /// written nevertheless. `large_payload`: see Record.
  Append append(std::uint8_t type, std::string payload, std::string large_payload = {});
  /// Queues it and waits for nothing; nobody is told of a failure.
  void append_later(std::uint8_t type, std::string payload);
  /// Blocks the calling thread, which must be no worker.
  Appended append_blocking(std::uint8_t type, std::string payload);

 private:
  /// Who waits for a record.
  class Listener {
   public:
    /// Once, on the commit thread, which holds mutex_.
    virtual void told(Appended outcome) noexcept = 0;

   protected:
    ~Listener() = default;
  };
  struct Entry {
    std::uint8_t type = 0;
    std::string payload;
    std::string large_payload;
    Listener* listener = nullptr;  ///< guarded by mutex_
    Entry* next = nullptr;

    std::size_t bytes() const { return payload.size() + large_payload.size(); }
  };

  Entry* queue(std::uint8_t type, std::string payload, std::string large_payload, Listener* listener);
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

class GroupCommit::Append final : public ExternalWait, private GroupCommit::Listener {
 public:
  Append(GroupCommit& commit, std::uint8_t type, std::string payload, std::string large_payload) noexcept
      : commit_(&commit), type_(type), payload_(std::move(payload)), large_payload_(std::move(large_payload)) {}

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) {
    suspend(awaiting.promise());
  }
  Appended await_resume() noexcept { return std::move(outcome_); }

  bool withdraw() noexcept override;

 private:
  void suspend(TaskCore& core);
  void told(Appended outcome) noexcept override;

  GroupCommit* commit_;
  Runtime* runtime_ = nullptr;
  Entry* entry_ = nullptr;  ///< guarded by mutex_; null once the task has been scheduled
  std::uint8_t type_;
  std::string payload_;
  std::string large_payload_;
  Appended outcome_ = 0;
};

inline GroupCommit::Append GroupCommit::append(std::uint8_t type, std::string payload, std::string large_payload) {
  return Append(*this, type, std::move(payload), std::move(large_payload));
}

}  // namespace gauntlet::recovery
