#include "harness/worker/command_queue.hpp"

#include <cassert>
#include <utility>

namespace gauntlet {

class CommandQueue::Suspension {
 public:
  explicit Suspension(CommandQueue& queue) noexcept : queue_(&queue), waiter_(queue) {}
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return queue_->suspend(awaiting.promise(), waiter_);
  }
  void await_resume() const noexcept {}

 private:
  CommandQueue* queue_;
  Waiter waiter_;
};

void CommandQueue::push(std::string word) {
  Waiter* woken = nullptr;
  {
    const std::lock_guard lock(mutex_);
    words_.push_back(std::move(word));
    woken = std::exchange(waiter_, nullptr);
  }
  if (woken != nullptr) runtime_->schedule(*woken);
}

bool CommandQueue::suspend(TaskCore& core, Waiter& waiter) noexcept {
  waiter.waiter = &core;
  // In flight before it is published: a word may come on another thread at once.
  core.wait_for(waiter);
  {
    const std::lock_guard lock(mutex_);
    assert(waiter_ == nullptr && "one task at a time waits for the next command");
    if (words_.empty()) {
      waiter_ = &waiter;
    } else {
      core.stop_waiting(waiter);
      return false;
    }
  }
  core.honour_cancel();
  return true;
}

bool CommandQueue::Waiter::undo(ExternalOp& op) noexcept {
  auto& self = static_cast<Waiter&>(op);
  const std::lock_guard lock(self.queue->mutex_);
  if (self.queue->waiter_ != &self) return false;
  self.queue->waiter_ = nullptr;
  return true;
}

std::string CommandQueue::take() {
  const std::lock_guard lock(mutex_);
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
