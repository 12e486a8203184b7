#include "runtimes/recovery/journal/group_commit.hpp"

#include <cassert>
#include <latch>
#include <utility>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/failpoint/failpoint.hpp"

namespace gauntlet::recovery {

GroupCommit::GroupCommit(std::unique_ptr<Journal> journal, CommitObserver& observer, const GroupCommitOptions& options)
    : journal_(std::move(journal)), observer_(observer), options_(options), thread_([this] { run(); }) {}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

void GroupCommit::Append::suspend(TaskCore& core) {
  runtime_ = this_worker()->runtime;
  core.wait_for(*this);
  {
    // Both under one lock: the record may be durable before this knows which it is.
    const std::lock_guard lock(commit_->mutex_);
    entry_ = commit_->queue(type_, std::move(payload_), std::move(large_payload_), this);
  }
  // Not this one's any more: it may have been resumed on another worker.
  core.end_suspending();
}

void GroupCommit::Append::told(Appended outcome) noexcept {
  outcome_ = std::move(outcome);
  entry_ = nullptr;
  // Still under the lock: when withdraw() sees that the task has been scheduled, nobody touches the runtime any more,
  // and it may go.
  runtime_->schedule(*waiter);
}

bool GroupCommit::Append::withdraw() noexcept {
  const std::lock_guard lock(commit_->mutex_);
  if (entry_ == nullptr) return false;
  entry_->listener = nullptr;
  entry_ = nullptr;
  return true;
}

void GroupCommit::append_later(std::uint8_t type, std::string payload) {
  const std::lock_guard lock(mutex_);
  queue(type, std::move(payload), {}, nullptr);
}

GroupCommit::Appended GroupCommit::append_blocking(std::uint8_t type, std::string payload) {
  assert(this_worker() == nullptr && "a worker has to await");
  class Waiting final : public Listener {
   public:
    void told(Appended outcome) noexcept override {
      outcome_ = std::move(outcome);
      done_.count_down();
    }
    Appended wait() {
      done_.wait();
      return std::move(outcome_);
    }

   private:
    std::latch done_{1};
    Appended outcome_ = 0;
  };
  Waiting waiting;
  {
    const std::lock_guard lock(mutex_);
    queue(type, std::move(payload), {}, &waiting);
  }
  return waiting.wait();
}

/// Under mutex_.
GroupCommit::Entry* GroupCommit::queue(std::uint8_t type, std::string payload, std::string large_payload,
                                       Listener* listener) {
  auto* const entry = new Entry{.type = type,
                                .payload = std::move(payload),
                                .large_payload = std::move(large_payload),
                                .listener = listener,
                                .next = nullptr};
  (last_ == nullptr ? first_ : last_->next) = entry;
  last_ = entry;
  if (std::exchange(idle_, false)) filled_.notify_one();
  return entry;
}

void GroupCommit::run() {
  while (Entry* batch = wait_for_batch()) {
    commit(batch);
    while (is_queue_empty() && journal_->work_ahead()) {
    }
  }
}

/// Null when there is nothing left and nothing will come.
GroupCommit::Entry* GroupCommit::wait_for_batch() {
  std::unique_lock lock(mutex_);
  while (first_ == nullptr && !stopping_) {
    idle_ = true;
    filled_.wait(lock);
  }
  if (first_ == nullptr) return nullptr;
  Entry* const batch = first_;
  Entry* end = batch;
  std::size_t bytes = end->bytes();
  while (end->next != nullptr && bytes + end->next->bytes() <= options_.batch_bytes_max) {
    end = end->next;
    bytes += end->bytes();
  }
  first_ = std::exchange(end->next, nullptr);
  if (first_ == nullptr) last_ = nullptr;
  return batch;
}

bool GroupCommit::is_queue_empty() {
  const std::lock_guard lock(mutex_);
  return first_ == nullptr && !stopping_;
}

JournalResult<void> GroupCommit::write(Entry* batch) {
  if (failure_ && std::chrono::steady_clock::now() < failed_until_) return std::unexpected(*failure_);
  failure_.reset();
  failpoint(Failpoint::commit_batch);
  ahead_.clear();
  observer_.carry(journal_->figures(), ahead_);
  records_.clear();
  for (const OwnedRecord& record : ahead_) records_.push_back({.type = record.type, .payload = record.payload});
  for (const Entry* entry = batch; entry != nullptr; entry = entry->next) {
    records_.push_back({.type = entry->type, .payload = entry->payload, .large_payload = entry->large_payload});
  }
  JournalResult<void> written = journal_->append(records_);
  if (!written) {
    // A record of impossible size says nothing about the next ones.
    if (written.error().kind != JournalError::Kind::storage) return written;
    failure_ = written.error();
    failed_until_ = std::chrono::steady_clock::now() + options_.hold_off;
    return written;
  }
  failpoint(Failpoint::commit_durable);
  for (const Record& record : records_) observer_.committed(record);
  return {};
}

void GroupCommit::commit(Entry* batch) {
  const JournalResult<void> written = write(batch);
  std::size_t index = ahead_.size();
  {
    const std::lock_guard lock(mutex_);
    while (batch != nullptr) {
      const std::unique_ptr<Entry> entry(std::exchange(batch, batch->next));
      if (entry->listener == nullptr) {
        ++index;
      } else if (written) {
        entry->listener->told(records_[index++].sequence);
      } else {
        entry->listener->told(std::unexpected(written.error()));
      }
    }
  }
  failpoint(Failpoint::commit_told);
  // Only frees space: what fails now is tried again behind the next batch.
  if (written) static_cast<void>(journal_->trim(observer_.first_needed()));
}

}  // namespace gauntlet::recovery
