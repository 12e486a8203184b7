#include "runtimes/task/connection_limit.hpp"

namespace gauntlet {

ConnectionLimit::Place ConnectionLimit::try_take() noexcept {
  const std::lock_guard lock(mutex_);
  if (free_ == 0) return {};
  --free_;
  return Place(shared_from_this());
}

void ConnectionLimit::give_back() noexcept {
  Job* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (first_ == nullptr) {
      ++free_;
      return;
    }
    Wait& served = *first_;
    unlink(served);
    served.has_place_ = true;
    next = served.waiter;
  }
  runtime_->schedule(*next);
}

void ConnectionLimit::unlink(Wait& wait) noexcept {
  (wait.previous_ != nullptr ? wait.previous_->next_ : first_) = wait.next_;
  (wait.next_ != nullptr ? wait.next_->previous_ : last_) = wait.previous_;
  wait.is_listed_ = false;
}

ConnectionLimit::Wait::~Wait() {
  if (has_place_) limit_->give_back();
}

bool ConnectionLimit::Wait::suspend(TaskCore& core) noexcept {
  core.wait_for(*this);
  const bool waits = enlist();
  if (!waits) {
    core.stop_waiting();
    return false;
  }
  core.end_suspending();
  return true;
}

/// False: there was a place. Listed, it may be given one before this returns, by a thread that schedules its task.
bool ConnectionLimit::Wait::enlist() noexcept {
  const std::lock_guard lock(limit_->mutex_);
  if (limit_->free_ > 0) {
    --limit_->free_;
    has_place_ = true;
    return false;
  }
  previous_ = limit_->last_;
  (previous_ != nullptr ? previous_->next_ : limit_->first_) = this;
  limit_->last_ = this;
  is_listed_ = true;
  return true;
}

bool ConnectionLimit::Wait::withdraw() noexcept {
  const std::lock_guard lock(limit_->mutex_);
  if (!is_listed_) return false;
  limit_->unlink(*this);
  return true;
}

}  // namespace gauntlet
