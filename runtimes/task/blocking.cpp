#include "runtimes/task/blocking.hpp"

namespace gauntlet::detail {

bool BlockingSuspension::suspend(TaskCore& core) noexcept {
  Worker& here = *this_worker();
  runtime_ = here.runtime;
  core.wait_for(*this);
  if (runtime_->traits().has_blocking_pool && runtime_->blocking_pool().submit(*this)) {
    here.counters.blocking_calls.add();
    core.end_suspending();
    return true;
  }
  core.stop_waiting();
  refused_ = true;
  return false;
}

std::error_code BlockingSuspension::refusal() const noexcept {
  return runtime_->traits().has_blocking_pool ? std::make_error_code(std::errc::resource_unavailable_try_again)
                                              : make_error_code(Errc::not_supported);
}

void BlockingSuspension::perform(BlockingJob& job) noexcept {
  auto& self = static_cast<BlockingSuspension&>(job);
  self.call_(self);
  self.runtime_->schedule(*self.waiter);
}

bool BlockingSuspension::withdraw() noexcept { return runtime_->blocking_pool().remove(*this); }

}  // namespace gauntlet::detail
