#include "runtimes/libuv/libuv.hpp"

#include <uv.h>

#include <algorithm>
#include <cassert>
#include <csignal>
#include <utility>
#include <vector>

#include "runtimes/libuv/uv_engine.hpp"
#include "runtimes/loop/worker_threads.hpp"

namespace gauntlet {

namespace {

/// Every call goes to the loop of the worker that makes it, or, for a job, to that of the worker it names.
class LibuvRuntime final : public Runtime {
 public:
  LibuvRuntime(const RuntimeConfig& config, Dispatch dispatch)
      : Runtime(config, static_cast<std::uint16_t>(config.worker_threads),
                {.accepts_per_worker = dispatch == Dispatch::affinity && config.worker_threads > 1}, dispatch) {
    group_.runtime = this;
    group_.dispatcher = &dispatcher_;
    group_.hands_on = !traits().accepts_per_worker && workers() > 1;
  }

  ~LibuvRuntime() override {
    group_.stop_requested.store(false, std::memory_order_relaxed);  // or a turn that has to wait would spin
    for (const auto& engine : engines_) engine->begin_shut_down();
    // A task of one loop may wait for one of another: they are driven in turn.
    while (!std::ranges::all_of(engines_, &is_drained)) {
      for (const auto& engine : engines_) engine->drain(false);
      if (std::ranges::any_of(engines_, &has_jobs)) continue;
      const auto waiting = std::ranges::find_if_not(engines_, &is_drained);
      if (waiting != engines_.end()) (*waiting)->drain(true);
    }
    for (std::uint16_t i = 0; i < engines_.size(); ++i) {
      assert(dispatcher_.open_sockets(i) == 0 && "a socket outlived its runtime");
    }
    wait_for_callers();
  }

  Result<void> open() {
    while (engines_.size() < workers()) {
      auto opened = UvEngine::open(group_, config_, static_cast<std::uint16_t>(engines_.size()));
      if (!opened) return std::unexpected(opened.error());
      engines_.push_back(std::move(*opened));
    }
    return {};
  }

  void enqueue(Job& job, Worker* here) noexcept override {
    engines_[job.worker != Job::any_worker ? job.worker : place()]->enqueue(job, here);
  }
  Submitted submit(Op& op) noexcept override { return here().submit(op); }
  void cancel(Op& op) noexcept override { here().cancel(op); }
  Result<SocketBase*> listen(const Endpoint& endpoint) override { return here().listen(endpoint); }
  void give_back(std::byte* data, std::uint32_t token) noexcept override { here().give_back(data, token); }

  void run_workers() override {
    run_on_threads(
        engines_.size(), [this] { running_.store(true, std::memory_order_relaxed); },
        [this](std::size_t i) { engines_[i]->run_until_stopped(); });
    group_.stop_requested.store(false, std::memory_order_relaxed);
    running_.store(false, std::memory_order_relaxed);
  }

  Turn poll_once() override {
    Turn all;
    for (const auto& engine : engines_) {
      const Turn turn = engine->poll_once();
      all.ran_anything = all.ran_anything || turn.ran_anything;
      if (!turn.next_deadline) continue;
      all.next_deadline = std::min(all.next_deadline.value_or(*turn.next_deadline), *turn.next_deadline);
    }
    return all;
  }

  void stop() noexcept override {
    group_.stop_requested.store(true, std::memory_order_seq_cst);
    for (const auto& engine : engines_) engine->rouse();
  }

  EffectiveConfig own_settings() const override {
    return {{"backend", "libuv"},
            {"libuv", uv_version_string()},
            {"worker_threads", std::to_string(workers())},
            {"dispatch", config_.dispatch, workers() == 1 ? "one worker gets everything" : ""},
            {"idle", "block"},
            {"files", "uv_fs", "on the UV_THREADPOOL_SIZE threads of the whole process, 4 unless it says otherwise"},
            {"buffer_bytes", std::to_string(config_.buffer_bytes)},
            {"buffers_per_worker", std::to_string(config_.buffers_per_worker)},
            {"timer_resolution", "1 ms", "uv_timer counts milliseconds; finer deadlines are rounded up"}};
  }

  RuntimeMetrics metrics() const noexcept override {
    RuntimeMetrics total;
    for (const auto& engine : engines_) total.add(engine->counters());
    return total;
  }

 private:
  using EnginePointer = std::unique_ptr<UvEngine>;
  static bool is_drained(const EnginePointer& engine) noexcept { return engine->is_drained(); }
  static bool has_jobs(const EnginePointer& engine) noexcept { return engine->has_jobs(); }

  UvEngine& here() noexcept {
    assert(this_worker() != nullptr && this_worker()->runtime == this && "called outside the runtime's workers");
    return *engines_[this_worker()->index];
  }

  UvGroup group_;
  std::vector<EnginePointer> engines_;
};

void ignore_broken_pipes() noexcept {
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_libuv(const RuntimeConfig& config) {
  const auto dispatch = parse_dispatch(config.dispatch);
  if (!dispatch) return std::unexpected(Unavailable{dispatch.error()});
  auto runtime = std::make_unique<LibuvRuntime>(config, *dispatch);
  if (const Result<void> opened = runtime->open(); !opened) {
    return std::unexpected(Unavailable{"libuv: " + opened.error().message()});
  }
  ignore_broken_pipes();
  return runtime;
}

}  // namespace gauntlet
