#include "runtimes/contract/runtime.hpp"

#include <sched.h>

namespace gauntlet {

constinit thread_local Worker* detail::current_worker = nullptr;

WorkerScope::WorkerScope(Worker& worker) noexcept : outer_(detail::current_worker) { detail::current_worker = &worker; }

WorkerScope::~WorkerScope() { detail::current_worker = outer_; }

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

std::uint16_t Runtime::place_among_several() noexcept {
  if (traits_.tasks_migrate) return Job::any_worker;
  const Worker* here = this_worker();
  return here != nullptr && here->runtime == this ? here->index : dispatcher_.choose();
}

EffectiveConfig Runtime::effective_config() const {
  EffectiveConfig all = own_settings();
  all.push_back({"turn_budget", std::to_string(config_.turn_budget)});
  all.push_back({"listen_backlog", std::to_string(config_.listen_backlog)});
  all.push_back({"blocking_threads", std::to_string(config_.blocking_threads), "started when needed"});
  return all;
}

void Runtime::wait_for_callers() const noexcept {
  // They are a few instructions from leaving, unless preempted there.
  while (callers_.load(std::memory_order_acquire) != 0) sched_yield();
}

bool SocketBase::is_home() const noexcept {
  const Worker* here = this_worker();
  return here != nullptr && here->runtime == runtime_ && (here->index == home_ || runtime_->traits().sockets_migrate);
}

void SocketBase::close_at_home(Job& job) noexcept {
  auto& op = static_cast<CloseOp&>(job);
  op.socket->runtime_->submit(op);
}

void SocketBase::abandon() noexcept {
  if (is_home()) {
    runtime_->submit(abandon_);
  } else {
    abandon_.worker = home_;
    runtime_->schedule(abandon_);
  }
}

}  // namespace gauntlet
