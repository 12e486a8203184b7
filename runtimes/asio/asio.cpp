#include "runtimes/asio/asio.hpp"

#include <algorithm>
#include <boost/version.hpp>
#include <cassert>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "runtimes/asio/asio_loop.hpp"
#include "runtimes/loop/worker_threads.hpp"

namespace gauntlet {

namespace {

#if defined(BOOST_ASIO_HAS_IO_URING)
constexpr bool on_io_uring = true;
#else
constexpr bool on_io_uring = false;
#endif

/// Every call goes to the loop of the worker that makes it, or, for a job, to that of the worker it names.
class AsioRuntime final : public Runtime {
 public:
  /// Throws what Asio throws when the kernel refuses a reactor.
  AsioRuntime(const RuntimeConfig& config, Dispatch dispatch)
      : Runtime(config, static_cast<std::uint16_t>(config.worker_threads),
                {.accepts_per_worker = dispatch == Dispatch::affinity && config.worker_threads > 1}, dispatch) {
    group_.runtime = this;
    group_.dispatcher = &dispatcher_;
    group_.hands_on = !traits().accepts_per_worker && workers() > 1;
    for (std::uint16_t i = 0; i < workers(); ++i) {
      group_.loops.push_back(std::make_unique<AsioLoop>(group_, config, i));
    }
  }

  ~AsioRuntime() override {
    for (const auto& loop : group_.loops) loop->begin_shut_down();
    // A task of one loop may wait for one of another: they are driven in turn. When none has a handler that is ready,
    // what is left waits for one that the kernel owes, or for a thread that will schedule.
    while (!std::ranges::all_of(group_.loops, &is_drained)) {
      bool ran_anything = false;
      for (const auto& loop : group_.loops) ran_anything |= loop->drain(false);
      if (ran_anything) continue;
      const auto waiting = std::ranges::find_if_not(group_.loops, &is_drained);
      if (waiting != group_.loops.end()) (*waiting)->drain(true);
    }
    for (std::uint16_t i = 0; i < workers(); ++i) {
      assert(dispatcher_.open_sockets(i) == 0 && "a socket outlived its runtime");
    }
    wait_for_callers();
  }

  void enqueue(Job& job, Worker* here) noexcept override {
    group_.loops[job.worker != Job::any_worker ? job.worker : place()]->enqueue(job, here);
  }
  Submitted submit(Op& op) noexcept override { return here().submit(op); }
  void cancel(Op& op) noexcept override { here().cancel(op); }
  Result<SocketBase*> listen(const Endpoint& endpoint) override { return here().listen(endpoint); }
  void give_back(std::byte* data, std::uint32_t token) noexcept override { here().give_back(data, token); }

  void run_workers() override {
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
    for (const auto& loop : group_.loops) loop->end_run();
  }

  EffectiveConfig own_settings() const override {
    return {{"backend", config_.backend},
            {"boost", BOOST_LIB_VERSION},
            {"reactor", on_io_uring ? "io_uring" : "epoll"},
            {"worker_threads", std::to_string(workers())},
            {"dispatch", config_.dispatch, workers() == 1 ? "one worker gets everything" : ""},
            {"idle", "block"},
            {"files", AsioLoop::files_setting()},
            {"concurrency_hint", std::to_string(AsioLoop::concurrency_hint)},
            {"buffer_bytes", std::to_string(config_.buffer_bytes)},
            {"buffers_per_worker", std::to_string(config_.buffers_per_worker)},
            {"timer_resolution", "1 us"}};
  }

  RuntimeMetrics metrics() const noexcept override {
    RuntimeMetrics total;
    for (const auto& loop : group_.loops) total.add(loop->counters());
    return total;
  }

 private:
  static bool is_drained(const std::unique_ptr<AsioLoop>& loop) noexcept { return loop->is_drained(); }

  AsioLoop& here() noexcept {
    assert(this_worker() != nullptr && this_worker()->runtime == this && "called outside the runtime's workers");
    return *group_.loops[this_worker()->index];
  }

  AsioGroup group_;
};

std::expected<std::unique_ptr<Runtime>, Unavailable> make_here(const RuntimeConfig& config, const char* name) {
  const auto dispatch = parse_dispatch(config.dispatch);
  if (!dispatch) return std::unexpected(Unavailable{dispatch.error()});
  RuntimeConfig own = config;
  own.backend = name;
  try {
    return std::make_unique<AsioRuntime>(own, *dispatch);
  } catch (const std::exception& error) {
    // Asio throws what the kernel refused when it opens its reactor or its ring.
    return std::unexpected(Unavailable{std::string(name) + ": " + error.what()});
  }
}

std::unexpected<Unavailable> elsewhere(const char* name, const char* program) {
  return std::unexpected(Unavailable{std::string(name) + " stands in " + program +
                                     ": two configurations of Asio may not meet in one program"});
}

}  // namespace

bool asio_is_on_io_uring() noexcept { return on_io_uring; }

std::expected<std::unique_ptr<Runtime>, Unavailable> make_asio(const RuntimeConfig& config) {
  if constexpr (on_io_uring) return elsewhere("asio", "gauntlet-worker");
  return make_here(config, "asio");
}

std::expected<std::unique_ptr<Runtime>, Unavailable> make_asio_uring(const RuntimeConfig& config) {
  if constexpr (!on_io_uring) return elsewhere("asio_uring", "gauntlet-worker-asio-uring");
  return make_here(config, "asio_uring");
}

}  // namespace gauntlet
