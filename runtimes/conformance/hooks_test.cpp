// Threads of a runtime seen from outside: their names, their CPUs; the hooks, and the bound on live tasks.
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/contract/hooks.hpp"
#include "runtimes/contract/thread_placement.hpp"
#include "runtimes/task/blocking.hpp"

namespace gauntlet::conformance {
namespace {

class Hooks : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Hooks);

std::string name_of_this_thread() {
  std::ifstream comm("/proc/self/task/" + std::to_string(gettid()) + "/comm");
  std::string name;
  std::getline(comm, name);
  return name;
}

/// Calls `look(worker)` on every worker while the runtime runs.
template <typename Look>
void on_every_worker(Runtime& runtime, Look look) {
  std::atomic<int> left{runtime.workers()};
  for (std::uint16_t worker = 0; worker < runtime.workers(); ++worker) {
    post_on(runtime, worker, [&runtime, &left, &look, worker] {
      look(worker);
      if (left.fetch_sub(1) == 1) runtime.stop();
    });
  }
  runtime.run();
}

Task<std::string> name_of_a_blocking_thread() { co_return co_await run_blocking(name_of_this_thread); }

TEST_P(Hooks, ThreadsBearTheNameThatWasAskedForAndTheCallerGetsItsOwnBack) {
  const std::string before = name_of_this_thread();
  RuntimeConfig config;
  config.worker_thread_name = "orders";
  remake(config);
  std::vector<std::string> names(runtime().workers());
  on_every_worker(runtime(), [&names](std::uint16_t worker) { names[worker] = name_of_this_thread(); });
  for (std::size_t worker = 0; worker < names.size(); ++worker) {
    EXPECT_EQ(names[worker], "orders-" + std::to_string(worker));
  }
  if (offers(Feature::blocking_calls)) {
    EXPECT_EQ(complete(name_of_a_blocking_thread()), "orders-b0");
  }
  EXPECT_EQ(name_of_this_thread(), before);
}

Task<std::vector<int>> cpus_of_a_blocking_thread() { co_return co_await run_blocking(allowed_cpus); }

TEST_P(Hooks, WorkersStayOnOneCpuEachOnlyWhereThatWasAskedFor) {
  const std::vector<int> before = allowed_cpus();
  for (const bool asked : {true, false}) {
    RuntimeConfig config;
    config.enable_cpu_affinity = asked;
    remake(config);
    std::vector<std::vector<int>> cpus(runtime().workers());
    on_every_worker(runtime(), [&cpus](std::uint16_t worker) { cpus[worker] = allowed_cpus(); });
    for (std::size_t worker = 0; worker < cpus.size(); ++worker) {
      EXPECT_EQ(cpus[worker], asked ? std::vector<int>{before[worker % before.size()]} : before);
    }
    if (offers(Feature::blocking_calls)) {
      EXPECT_EQ(complete(cpus_of_a_blocking_thread()), before);
    }
    EXPECT_EQ(allowed_cpus(), before);
  }
}

class Counting final : public RuntimeHooks {
 public:
  void on_thread_start(RuntimeThread thread) noexcept override { started(thread).fetch_add(1); }
  void on_thread_stop(RuntimeThread thread) noexcept override { stopped(thread).fetch_add(1); }
  void on_park(std::uint16_t) noexcept override { parks.fetch_add(1); }
  void on_unpark(std::uint16_t) noexcept override { unparks.fetch_add(1); }
  void on_task_spawn(std::uint64_t task) noexcept override {
    spawns.fetch_add(1);
    ids.fetch_add(task);
  }
  void on_task_finish(std::uint64_t task) noexcept override {
    finishes.fetch_add(1);
    ids.fetch_sub(task);
  }
  void on_task_failure(std::uint64_t, const std::exception_ptr& cause) noexcept override {
    failures.fetch_add(cause != nullptr ? 1u : 0u);
  }

  using Count = std::atomic<std::uint64_t>;
  Count workers_started{0}, workers_stopped{0}, blocking_started{0}, blocking_stopped{0};
  Count parks{0}, unparks{0}, spawns{0}, finishes{0}, failures{0};
  Count ids{0};  ///< of those that were spawned and have not ended

 private:
  static bool is_worker(RuntimeThread thread) noexcept { return thread.kind == RuntimeThread::Kind::worker; }
  Count& started(RuntimeThread thread) noexcept { return is_worker(thread) ? workers_started : blocking_started; }
  Count& stopped(RuntimeThread thread) noexcept { return is_worker(thread) ? workers_stopped : blocking_stopped; }
};

Task<int> throw_soon() {
  co_await yield();
  throw std::runtime_error("failed");
}

Task<void> some_life(bool calls_blocking) {
  for (int i = 0; i < 20; ++i) {
    JoinHandle<int> failing = spawn(throw_soon());
    EXPECT_FALSE((co_await failing).has_value());
    JoinHandle<void> sleeping = spawn(some_yields(1'000'000));
    sleeping.cancel();
    EXPECT_FALSE((co_await sleeping).has_value());
    co_await sleep_for(milliseconds(1));
  }
  const auto nothing = [] {};
  if (calls_blocking) co_await run_blocking(nothing);
}

TEST_P(Hooks, AreCalledAsOftenAsTheMetricsSay) {
  const auto hooks = std::make_shared<Counting>();
  RuntimeConfig config;
  config.hooks = hooks;
  remake(config);
  complete(some_life(offers(Feature::blocking_calls)));
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(hooks->workers_started, runtime().workers());
  EXPECT_EQ(hooks->workers_started, metrics.thread_starts);
  EXPECT_EQ(hooks->workers_stopped, metrics.thread_starts);
  EXPECT_EQ(hooks->parks, metrics.parks);
  EXPECT_EQ(hooks->unparks, metrics.parks);
  EXPECT_EQ(hooks->spawns, metrics.tasks_started);
  EXPECT_EQ(hooks->finishes, metrics.tasks_finished);
  EXPECT_EQ(hooks->failures, metrics.tasks_failed);
  EXPECT_EQ(hooks->failures, 20u);
  EXPECT_EQ(hooks->spawns, 41u);
  EXPECT_EQ(hooks->ids, 0u) << "a task ended under another id than it was spawned with";
  EXPECT_EQ(hooks->blocking_started, runtime().blocking_pool().threads());
  // Dropped by the destruction, and told of all the same.
  spawn(runtime(), some_yields(1)).detach();
  destroy_runtime();
  EXPECT_EQ(hooks->spawns, 42u);
  EXPECT_EQ(hooks->finishes, 42u);
  EXPECT_EQ(hooks->blocking_stopped, offers(Feature::blocking_calls) ? 1u : 0u);
}

Task<void> fill_and_overflow(std::uint32_t bound) {
  std::vector<JoinHandle<void>> living;
  while (living.size() + 1 < bound) living.push_back(spawn(some_yields(1'000'000)));  // this one is alive too
  for (int i = 0; i < 3; ++i) {
    int destroyed = 0;
    const auto guarded = [](std::unique_ptr<Guard> guard) -> Task<int> {
      ADD_FAILURE() << "a refused task ran with " << guard.get();
      co_return 1;
    };
    JoinHandle<int> refused = spawn(guarded(std::make_unique<Guard>(destroyed)));
    EXPECT_TRUE(refused.finished());
    EXPECT_EQ(destroyed, 1) << "its arguments are still there";
    EXPECT_EQ((co_await refused).error().code(), Errc::out_of_resources);
  }
  living.back().cancel();
  (void)co_await living.back();
  living.pop_back();
  JoinHandle<void> in_its_place = spawn(some_yields(1));
  EXPECT_TRUE((co_await in_its_place).has_value());
  for (JoinHandle<void>& one : living) one.cancel();
  for (JoinHandle<void>& one : living) (void)co_await one;
}

TEST_P(Hooks, ASpawnBeyondMaxTasksIsOutOfResourcesUntilOneHasEnded) {
  constexpr std::uint32_t bound = 10;
  RuntimeConfig config;
  config.max_tasks = bound;
  remake(config);
  complete(fill_and_overflow(bound));
  complete(fill_and_overflow(bound));
}

}  // namespace
}  // namespace gauntlet::conformance
