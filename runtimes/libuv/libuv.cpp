#include "runtimes/libuv/libuv.hpp"

#include <uv.h>

#include <csignal>
#include <utility>

#include "runtimes/libuv/uv_engine.hpp"

namespace gauntlet {

namespace {

class LibuvRuntime final : public Runtime {
 public:
  explicit LibuvRuntime(const RuntimeConfig& config) : config_(config) {}
  ~LibuvRuntime() override {
    if (engine_) engine_->shut_down();
  }

  Result<void> open() {
    auto opened = UvEngine::open(*this, config_, 0);
    if (!opened) return std::unexpected(opened.error());
    engine_ = std::move(*opened);
    return {};
  }

  void schedule(Job& job) noexcept override { engine_->schedule(job); }
  Submitted submit(Op& op) noexcept override { return engine_->submit(op); }
  void cancel(Op& op) noexcept override { engine_->cancel(op); }
  Result<SocketBase*> listen(const Endpoint& endpoint) override { return engine_->listen(endpoint); }
  void give_back(std::byte* data, std::uint32_t token) noexcept override { engine_->give_back(data, token); }

  void run() override {
    running_.store(true, std::memory_order_relaxed);
    engine_->run();
    running_.store(false, std::memory_order_relaxed);
  }
  Turn poll_once() override { return engine_->poll_once(); }
  void stop() noexcept override { engine_->request_stop(); }

  EffectiveConfig effective_config() const override {
    return {{"backend", "libuv"},
            {"libuv", uv_version_string()},
            {"worker_threads", "1", config_.worker_threads > 1 ? "one loop has one worker" : ""},
            {"idle", "block"},
            {"buffer_bytes", std::to_string(config_.buffer_bytes)},
            {"buffers_per_worker", std::to_string(config_.buffers_per_worker)},
            {"timer_resolution", "1 ms", "uv_timer counts milliseconds; finer deadlines are rounded up"},
            {"turn_budget", std::to_string(config_.turn_budget)},
            {"listen_backlog", std::to_string(config_.listen_backlog)}};
  }

  RuntimeMetrics metrics() const noexcept override {
    RuntimeMetrics total;
    total.add(engine_->counters());
    return total;
  }

 private:
  RuntimeConfig config_;
  std::unique_ptr<UvEngine> engine_;
};

void ignore_broken_pipes() noexcept {
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_libuv(const RuntimeConfig& config) {
  auto runtime = std::make_unique<LibuvRuntime>(config);
  if (const Result<void> opened = runtime->open(); !opened) {
    return std::unexpected(Unavailable{"libuv: " + opened.error().message()});
  }
  ignore_broken_pipes();
  return runtime;
}

}  // namespace gauntlet
