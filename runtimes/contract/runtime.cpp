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

void SocketBase::abandon() noexcept { runtime_->submit(abandon_); }

}  // namespace gauntlet
