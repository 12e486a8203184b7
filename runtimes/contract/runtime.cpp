#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

namespace {
constinit thread_local Worker* current_worker = nullptr;
}

Worker* this_worker() noexcept { return current_worker; }

WorkerScope::WorkerScope(Worker& worker) noexcept : outer_(current_worker) { current_worker = &worker; }

WorkerScope::~WorkerScope() { current_worker = outer_; }

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
