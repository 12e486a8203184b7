#include "runtimes/recovery/journal/group_commit.hpp"

#include <cassert>
#include <latch>
#include <utility>

#include "runtimes/contract/runtime.hpp"

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

void GroupCommit::Append::wake(Entry& entry) noexcept {
  auto& append = static_cast<Append&>(entry);
  append.runtime_->schedule(*append.waiter);
}

void GroupCommit::append_later(std::uint8_t type, std::string payload) {
  queue(*new Entry(type, std::move(payload), [](Entry& entry) noexcept { delete &entry; }));
}

GroupCommit::Appended GroupCommit::append_blocking(std::uint8_t type, std::string payload) {
  assert(this_worker() == nullptr && "a worker has to await");
  struct Waiting : Entry {
    Waiting(std::uint8_t its_type, std::string its_payload)
        : Entry(its_type, std::move(its_payload),
                [](Entry& entry) noexcept { static_cast<Waiting&>(entry).done.count_down(); }) {}
    std::latch done{1};
  };
  Waiting entry(type, std::move(payload));
  queue(entry);
  entry.done.wait();
  return std::move(entry.outcome);
}

void GroupCommit::queue(Entry& entry) noexcept {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    (last_ == nullptr ? first_ : last_->next) = &entry;
    last_ = &entry;
    wake = std::exchange(idle_, false);
  }
  if (wake) filled_.notify_one();
}

/// False: its batch is being written.
bool GroupCommit::take_out(Entry& entry) noexcept {
  const std::lock_guard lock(mutex_);
  Entry* before = nullptr;
  for (Entry* at = first_; at != nullptr; before = at, at = at->next) {
    if (at != &entry) continue;
    (before == nullptr ? first_ : before->next) = entry.next;
    if (last_ == &entry) last_ = before;
    return true;
  }
  return false;
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
  std::size_t bytes = end->payload.size();
  while (end->next != nullptr && bytes + end->next->payload.size() <= options_.batch_bytes_max) {
    end = end->next;
    bytes += end->payload.size();
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
  ahead_.clear();
  observer_.carry(journal_->figures(), ahead_);
  records_.clear();
  for (const OwnedRecord& record : ahead_) records_.push_back({.type = record.type, .payload = record.payload});
  for (const Entry* entry = batch; entry != nullptr; entry = entry->next) {
    records_.push_back({.type = entry->type, .payload = entry->payload});
  }
  JournalResult<void> written = journal_->append(records_);
  if (!written) {
    // A record of impossible size says nothing about the next ones.
    if (written.error().kind != JournalError::Kind::storage) return written;
    failure_ = written.error();
    failed_until_ = std::chrono::steady_clock::now() + options_.hold_off;
    return written;
  }
  for (const Record& record : records_) observer_.committed(record);
  return {};
}

void GroupCommit::commit(Entry* batch) {
  const JournalResult<void> written = write(batch);
  std::size_t index = ahead_.size();
  while (batch != nullptr) {
    Entry& entry = *std::exchange(batch, batch->next);
    if (written) {
      entry.outcome = records_[index++].sequence;
    } else {
      entry.outcome = std::unexpected(written.error());
    }
    entry.finish(entry);
  }
  // Only frees space: what fails now is tried again behind the next batch.
  if (written) static_cast<void>(journal_->trim(observer_.first_needed()));
}

}  // namespace gauntlet::recovery
