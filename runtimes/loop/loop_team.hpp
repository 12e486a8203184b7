// A runtime of several loops, one to each worker thread.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/loop/loop_group.hpp"
#include "runtimes/loop/shared_endpoints.hpp"
#include "runtimes/loop/worker_threads.hpp"

namespace gauntlet {

/// Every call goes to the loop of the worker that makes it, or, for a job, to that of the worker it names. Nothing is
/// shared between the loops but their inboxes and the counts of sockets, which change once per connection.
///
/// A Loop is itself a Runtime of one worker that can also be one of a LoopGroup; see the functions "for the owner of a
/// group" in EpollLoop and UringLoop.
template <typename Loop>
class LoopTeam final : public Runtime {
 public:
  /// A loop is made of each of the parts.
  LoopTeam(const RuntimeConfig& config, Dispatch dispatch, std::vector<typename Loop::Parts> parts)
      : Runtime(config, static_cast<std::uint16_t>(parts.size()),
                {.accepts_per_worker = dispatch == Dispatch::affinity}, dispatch) {
    group_.whole = this;
    group_.dispatcher = &dispatcher_;
    group_.hands_on = dispatch != Dispatch::affinity;
    for (std::uint16_t index = 0; index < workers(); ++index) {
      group_.loops.push_back(std::make_unique<Loop>(config, group_, index, std::move(parts[index])));
    }
  }

  ~LoopTeam() override {
    group_.stop_requested.store(false, std::memory_order_relaxed);  // or a loop that has to wait would spin
    for (const auto& loop : group_.loops) loop->begin_shut_down();
    // One loop may give work to another: they are driven in turn.
    while (!is_drained()) {
      for (const auto& loop : group_.loops) {
        if (!loop->is_drained()) loop->drain(false);
      }
      if (nothing_to_do()) waiting_loop().drain(true);
    }
    wait_for_callers();
  }

  void enqueue(Job& job, Worker* here) noexcept override {
    group_.loops[job.worker != Job::any_worker ? job.worker : place()]->enqueue(job, here);
  }
  Submitted submit(Op& op) noexcept override { return here().submit(op); }
  void cancel(Op& op) noexcept override { here().cancel(op); }
  void give_back(std::byte* data, std::uint32_t token) noexcept override { here().give_back(data, token); }

  Result<SocketBase*> listen(const Endpoint& endpoint) override {
    if (!traits().accepts_per_worker) return here().listen(endpoint);
    Result<SharedEndpoints::Opened> opened = endpoints_.open(endpoint, this_worker()->index, config_.listen_backlog);
    if (!opened) return std::unexpected(opened.error());
    return here().adopt_listener(opened->fd, std::move(opened->claim));
  }

  void run_workers() override {
    group_.loops.front()->prepare_for_this_thread();
    for (std::size_t i = 1; i < group_.loops.size(); ++i) group_.loops[i]->prepare_for_new_thread();
    run_on_threads(
        group_.loops.size(), [this] { running_.store(true, std::memory_order_relaxed); },
        [this](std::size_t i) { group_.loops[i]->run_until_stopped(); });
    group_.stop_requested.store(false, std::memory_order_relaxed);
    running_.store(false, std::memory_order_relaxed);
  }

  Turn poll_once() override {
    Turn all;
    for (const auto& loop : group_.loops) {
      const Turn turn = loop->poll_once();
      all.ran_anything = all.ran_anything || turn.ran_anything;
      if (!turn.next_deadline) continue;
      all.next_deadline = std::min(all.next_deadline.value_or(*turn.next_deadline), *turn.next_deadline);
    }
    return all;
  }

  void stop() noexcept override {
    group_.stop_requested.store(true, std::memory_order_seq_cst);
    for (const auto& loop : group_.loops) loop->rouse();
  }

  EffectiveConfig own_settings() const override {
    EffectiveConfig config = group_.loops.front()->own_settings();
    config.push_back({"dispatch", config_.dispatch, workers() == 1 ? "one worker gets everything" : ""});
    return config;
  }

  RuntimeMetrics metrics() const noexcept override {
    RuntimeMetrics total;
    for (const auto& loop : group_.loops) total.add(loop->counters());
    Loop::add_of_process(total);
    return total;
  }

 private:
  Loop& here() noexcept {
    assert(this_worker() != nullptr && this_worker()->runtime == this && "called outside the runtime's workers");
    return *group_.loops[this_worker()->index];
  }

  bool is_drained() const noexcept {
    return std::ranges::all_of(group_.loops, [](const auto& loop) { return loop->is_drained(); });
  }
  bool nothing_to_do() const noexcept {
    return std::ranges::none_of(group_.loops, [](const auto& loop) { return loop->has_jobs(); });
  }
  /// One that is not drained, or any. No loop waits for another then, only for its kernel or for a foreign thread.
  Loop& waiting_loop() noexcept {
    const auto found = std::ranges::find_if(group_.loops, [](const auto& loop) { return !loop->is_drained(); });
    return found != group_.loops.end() ? **found : *group_.loops.front();
  }

  SharedEndpoints endpoints_;
  LoopGroup<Loop> group_;
};

}  // namespace gauntlet
