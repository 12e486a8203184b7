#include "runtimes/multi_loop/multi_loop.hpp"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <thread>

#include "runtimes/loop/epoll_loop.hpp"
#include "runtimes/loop/shared_endpoints.hpp"

namespace gauntlet {

namespace {

using Loops = std::vector<EpollLoop::Descriptors>;

/// Every call goes to the loop of the worker that makes it, or, for a job, to that of the worker it names. Nothing is
/// shared between the loops but their inboxes and the counts of sockets, which change once per connection.
class MultiLoop final : public Runtime {
 public:
  MultiLoop(const RuntimeConfig& config, Dispatch dispatch, const Loops& loops)
      : Runtime(static_cast<std::uint16_t>(loops.size()), {.accepts_per_worker = dispatch == Dispatch::affinity},
                dispatch),
        config_(config) {
    group_.whole = this;
    group_.dispatcher = &dispatcher_;
    group_.hands_on = dispatch != Dispatch::affinity;
    for (std::uint16_t index = 0; index < workers(); ++index) {
      group_.loops.push_back(std::make_unique<EpollLoop>(config, group_, index, loops[index]));
    }
  }

  ~MultiLoop() override {
    group_.stop_requested.store(false, std::memory_order_relaxed);  // or a loop that has to wait would spin
    for (const auto& loop : group_.loops) loop->begin_shut_down();
    // A task of one loop may wait for one of another: they are driven in turn.
    while (!is_drained()) {
      for (const auto& loop : group_.loops) loop->drain(false);
      if (nothing_to_do()) waiting_loop().drain(true);
    }
  }

  void schedule(Job& job) noexcept override {
    group_.loops[job.worker != Job::any_worker ? job.worker : place()]->schedule(job);
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

  void run() override {
    running_.store(true, std::memory_order_relaxed);
    std::vector<std::thread> threads;
    try {
      threads.reserve(group_.loops.size());
      for (std::size_t i = 1; i < group_.loops.size(); ++i) {
        threads.emplace_back(&EpollLoop::run_until_stopped, group_.loops[i].get());
      }
    } catch (...) {
      stop();
      finish_run(threads);
      throw;
    }
    group_.loops.front()->run_until_stopped();
    finish_run(threads);
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

  EffectiveConfig effective_config() const override {
    EffectiveConfig config = group_.loops.front()->effective_config();
    config.push_back({"dispatch", config_.dispatch, workers() == 1 ? "one worker gets everything" : ""});
    return config;
  }

  RuntimeMetrics metrics() const noexcept override {
    RuntimeMetrics total;
    for (const auto& loop : group_.loops) total.add(loop->counters());
    return total;
  }

 private:
  EpollLoop& here() noexcept {
    assert(this_worker() != nullptr && this_worker()->runtime == this && "called outside the runtime's workers");
    return *group_.loops[this_worker()->index];
  }

  void finish_run(std::vector<std::thread>& threads) noexcept {
    for (std::thread& thread : threads) thread.join();
    group_.stop_requested.store(false, std::memory_order_relaxed);
    running_.store(false, std::memory_order_relaxed);
  }

  bool is_drained() const noexcept {
    return std::ranges::all_of(group_.loops, [](const auto& loop) { return loop->is_drained(); });
  }
  bool nothing_to_do() const noexcept {
    return std::ranges::none_of(group_.loops, [](const auto& loop) { return loop->has_jobs(); });
  }
  /// One that is not drained, or any.
  EpollLoop& waiting_loop() noexcept {
    const auto found = std::ranges::find_if(group_.loops, [](const auto& loop) { return !loop->is_drained(); });
    return found != group_.loops.end() ? **found : *group_.loops.front();
  }

  RuntimeConfig config_;
  SharedEndpoints endpoints_;
  EpollGroup group_;
};

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_multi_loop(const RuntimeConfig& config) {
  const auto dispatch = parse_dispatch(config.dispatch);
  if (!dispatch) return std::unexpected(Unavailable{dispatch.error()});
  Loops loops;
  for (std::uint32_t i = 0; i < config.worker_threads; ++i) {
    const auto opened = EpollLoop::open_descriptors();
    if (!opened) {
      for (const auto& loop : loops) EpollLoop::close_descriptors(loop);
      return std::unexpected(Unavailable{"epoll: " + opened.error().message()});
    }
    loops.push_back(*opened);
  }
  RuntimeConfig own = config;
  own.backend = "multi_loop";
  return std::make_unique<MultiLoop>(own, *dispatch, loops);
}

}  // namespace gauntlet
