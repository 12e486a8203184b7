// First-in first-out queue of intrusive nodes.
#pragma once

#include <cstddef>

#include "runtimes/contract/job.hpp"

namespace gauntlet {

/// Links nodes through Job::next. One thread.
class RunQueue {
 public:
  bool empty() const noexcept { return head_ == nullptr; }

  void push(Job& job) noexcept {
    job.next = nullptr;
    (head_ == nullptr ? head_ : tail_->next) = &job;
    tail_ = &job;
  }

  Job* pop() noexcept {
    Job* job = head_;
    if (job != nullptr) head_ = job->next;
    return job;
  }

 private:
  Job* head_ = nullptr;
  Job* tail_ = nullptr;
};

}  // namespace gauntlet
