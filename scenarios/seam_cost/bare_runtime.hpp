// The least loop there can be, to be called directly and through the contract.
#pragma once

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

/// A queue of what is ready. An operation is done as soon as it is submitted, and completes in its turn.
class BareLoop {
 public:
  void schedule(Job& job) noexcept {
    job.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &job;
    last_ = &job;
  }
  Submitted submit(Op& op) noexcept {
    op.result = 0;
    schedule(op);
    return Submitted::pending;
  }
  /// Runs the first job; false when there is none.
  bool run_one() noexcept {
    Job* job = first_;
    if (job == nullptr) return false;
    first_ = job->next;
    if (first_ == nullptr) last_ = nullptr;
    job->run(*job);
    return true;
  }

 private:
  Job* first_ = nullptr;
  Job* last_ = nullptr;
};

/// The same loop behind the contract. It is turned by poll_once() on one thread, and does no input or output.
class BareRuntime final : public Runtime {
 public:
  BareRuntime() : Runtime(RuntimeConfig{}) { worker_.runtime = this; }

  Submitted submit(Op& op) noexcept override { return loop_.submit(op); }
  void cancel(Op&) noexcept override {}
  Result<SocketBase*> listen(const Endpoint& endpoint) override;
  void give_back(std::byte*, std::uint32_t) noexcept override {}
  void run_workers() override;
  Turn poll_once() override;
  void stop() noexcept override { is_stopped_ = true; }
  RuntimeMetrics metrics() const noexcept override { return {}; }

  /// Of the thread that turns it.
  Worker& worker() noexcept { return worker_; }

 protected:
  EffectiveConfig own_settings() const override { return {}; }
  void enqueue(Job& job, Worker*) noexcept override { loop_.schedule(job); }

 private:
  BareLoop loop_;
  Worker worker_;
  bool is_stopped_ = false;
};

}  // namespace gauntlet
