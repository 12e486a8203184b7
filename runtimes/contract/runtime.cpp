#include "runtimes/contract/runtime.hpp"

#include <sched.h>

namespace gauntlet {

namespace {
constinit thread_local Worker* current_worker = nullptr;
}

Worker* this_worker() noexcept { return current_worker; }

WorkerScope::WorkerScope(Worker& worker) noexcept : outer_(current_worker) { current_worker = &worker; }

WorkerScope::~WorkerScope() { current_worker = outer_; }

void SpinLock::lock() noexcept {
  constexpr int tries_before_yield = 64;
  for (int tries = 1; held_.exchange(true, std::memory_order_acquire); ++tries) {
    // Its holder may have been preempted.
    if (tries % tries_before_yield == 0) sched_yield();
  }
}

void Buffer::give_back() noexcept {
  Runtime* lender = std::exchange(lender_, nullptr);
  size_ = 0;
  lender->give_back(data_, token_);
}

void SocketBase::abandon() noexcept { runtime_->submit(abandon_); }

}  // namespace gauntlet
