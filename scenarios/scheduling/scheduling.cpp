#include "scenarios/scheduling/scheduling.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "runtimes/task/spawn.hpp"
#include "scenarios/scheduling/fan_out.hpp"
#include "scenarios/scheduling/references.hpp"
#include "scenarios/scheduling/scheduling_info.hpp"
#include "scenarios/scheduling/task_costs.hpp"

namespace gauntlet {

namespace {

Task<void> measure_short_operations(const Sizes& sizes, Figures& figures) {
  std::uint64_t wrong = 0;
  figures["spawn_ns"] = co_await spawn_ns(sizes.budget);
  figures["spawn_join_ns"] = co_await spawn_join_ns(sizes.budget, wrong);
  figures["yield_ns"] = co_await yield_ns(sizes.budget);
  figures["ping_pong_ns"] = co_await ping_pong_ns(sizes.budget);
  figures["cross_thread_wake_p50_us"] = co_await cross_thread_wake_p50_us(sizes.wakes);
  // Timers are set without a task around them, so somebody must stay where they are.
  JoinHandle<double> timers = spawn_on(0, timer_set_cancel_ns(sizes.budget, wrong));
  const TaskResult<double> timer_ns = co_await timers;
  if (timer_ns.has_value()) figures["timer_set_cancel_ns"] = *timer_ns;
  figures[wrong_figure] += static_cast<double>(wrong);
}

class SchedulingScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return scheduling_info(); }

  Needs needs(const Parameters& parameters) const override {
    const Sizes sizes(parameters);
    // Breadth first, a whole tree or ring may live at once.
    constexpr std::uint64_t task_bytes_at_most = 1024;
    const std::uint64_t live = std::max({sizes.skynet_leaves, sizes.ring_tasks, fibonacci(sizes.fib_n), sizes.timers});
    return {.memory_bytes = live * task_bytes_at_most};
  }

  Task<int> serve(ServeContext& context) const override {
    const Sizes sizes(context.parameters());
    context.ready(0);
    Figures figures{{wrong_figure, 0}};
    add_thread_costs(sizes, figures);
    co_await measure_short_operations(sizes, figures);
    co_await measure_lateness(sizes, figures);
    co_await measure_ring(sizes.ring_tasks, figures);
    co_await measure_fib(sizes.fib_n, figures);
    co_await measure_skynet(sizes.skynet_leaves, figures);
    context.report(figures);
    co_return 0;
  }

  int serve_reference(std::string_view name, ReferenceContext& context) const override {
    assert(name == "plain_calls" || name == "thread_per_task");
    const Sizes sizes(context.parameters);
    context.ready(0);
    Figures figures = name == "plain_calls" ? measure_plain_calls(sizes) : measure_threads(sizes);
    add_thread_costs(sizes, figures);
    context.report(figures);
    return 0;
  }

  Observations drive(Bench& bench) const override {
    constexpr std::chrono::seconds at_most{300};
    bench.start();
    const auto reported = bench.await_report(at_most);
    bench.stop();
    return observe_scheduling(reported);
  }
};

}  // namespace

const Scenario& scheduling_scenario() {
  static const SchedulingScenario scenario;
  return scenario;
}

}  // namespace gauntlet
