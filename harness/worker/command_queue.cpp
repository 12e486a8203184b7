#include "harness/worker/command_queue.hpp"

#include <cassert>
#include <utility>

namespace gauntlet {

class CommandQueue::Suspension final : public ExternalWait {
 public:
  explicit Suspension(CommandQueue& queue) noexcept : queue_(&queue) {}
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return queue_->suspend(awaiting.promise(), *this);
  }
  void await_resume() const noexcept {}

  bool withdraw() noexcept override { return queue_->withdraw(*this); }

 private:
  CommandQueue* queue_;
};

void CommandQueue::push(std::string word) {
  Suspension* woken = nullptr;
  {
    const std::lock_guard lock(mutex_);
    words_.push_back(std::move(word));
    woken = std::exchange(waiting_, nullptr);
  }
  if (woken != nullptr) runtime_->schedule(*woken->waiter);
}

bool CommandQueue::suspend(TaskCore& core, Suspension& waiting) noexcept {
  // Waiting before it is published: a word may come on another thread at once.
  core.wait_for(waiting);
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    assert(waiting_ == nullptr && "one task at a time waits for the next command");
    waits = words_.empty();
    if (waits) waiting_ = &waiting;
  }
  waits ? core.end_suspending() : core.stop_waiting();
  return waits;
}

bool CommandQueue::withdraw(const Suspension& waiting) noexcept {
  const std::lock_guard lock(mutex_);
  if (waiting_ != &waiting) return false;
  waiting_ = nullptr;
  return true;
}

std::string CommandQueue::take() {
  const std::lock_guard lock(mutex_);
  assert(!words_.empty() && "one task at a time waits for the next command");
  std::string word = std::move(words_.front());
  words_.pop_front();
  return word;
}

Task<std::string> CommandQueue::next() {
  Suspension wait(*this);
  co_await wait;
  co_return take();
}

}  // namespace gauntlet
