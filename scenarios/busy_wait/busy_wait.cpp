#include "scenarios/busy_wait/busy_wait.hpp"

#include <chrono>

#include "scenarios/busy_wait/waiting_tasks.hpp"
#include "scenarios/common_rows.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

/// Between the last timer due in the window and the timers that the tasks wait for.
constexpr auto margin = 700ms;
/// For connections and accounting to come to rest before the window.
constexpr auto settling = 200ms;

ScenarioInfo describe() {
  ScenarioInfo info;
  info.name = "busy_wait";
  info.question = "What does the runtime cost while a thousand tasks wait and nothing is due?";
  info.parameters = {
      integer_parameter("tasks", "tasks that wait: on timers, on sockets, on each other", "1000", "99", 3, 20000),
      real_parameter("window_s", "length of the window in which nothing is due", "10", "2", 0.5, 600),
  };
  info.metrics = {
      {"idle_cpu_percent", "%", Better::lower, "CPU of the worker in the window, of one CPU"},
      {"idle_wakeups_count", "wake-ups", Better::lower, "context switches of the worker in the window"},
      {"tasks_unfinished_count", "tasks", Better::lower, "tasks that did not come to their proper end afterwards"},
      {"rss_steady_bytes", "bytes", Better::lower, "resident memory while all wait"},
  };
  info.claims = {
      {"idle_cpu", ClaimKind::must, "idle_cpu_percent", 5,
       "eliminating-busy-wait: below 5 % CPU with 1,000 waiting tasks"},
      {"idle_wakeups", ClaimKind::must, "idle_wakeups_count", 2, "idle means blocked: no periodic wake-up"},
      {"all_finish", ClaimKind::must, "tasks_unfinished_count", 0, "every task completes once its event has come"},
      {"idle_cpu_none", ClaimKind::headline, "idle_cpu_percent", 0.1, "eliminating-busy-wait: about 0 % CPU"},
      {"idle_wakeups_none", ClaimKind::headline, "idle_wakeups_count", 0, "our own: not one wake-up"},
  };
  return info;
}

std::chrono::nanoseconds window_of(const Parameters& parameters) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(parameters.real("window_s")));
}

class BusyWaitScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override {
    static const ScenarioInfo described = describe();
    return described;
  }

  Needs needs(const Parameters& parameters) const override {
    return {.tasks = static_cast<std::uint64_t>(parameters.integer("tasks")) + tasks_beside};
  }

  Task<int> serve(ServeContext& context) const override {
    const auto count = static_cast<std::uint64_t>(context.parameters().integer("tasks"));
    WaitingTasks tasks;
    if (!co_await tasks.start(count, settling + window_of(context.parameters()) + margin)) co_return 1;
    context.ready(0);
    co_await context.next_command();
    co_await tasks.release();
    const std::uint64_t finished = co_await tasks.finish();
    context.report({{"finished", static_cast<double>(finished)}});
    co_return 0;
  }

  Observations drive(Bench& bench) const override {
    bench.start();
    bench.observe(settling);
    const Consumption idle = bench.observe(window_of(bench.parameters()));
    bench.tell("release");
    const auto report = bench.await_report(margin + settling + 20s);
    bench.stop();

    Observations seen;
    const double tasks = static_cast<double>(bench.parameters().integer("tasks"));
    seen.metrics["idle_cpu_percent"] = cpu_percent(idle);
    seen.metrics["idle_wakeups_count"] = wakeups(idle);
    seen.metrics["tasks_unfinished_count"] = tasks - report.at("finished");
    seen.metrics["rss_steady_bytes"] = static_cast<double>(idle.rss_bytes);
    return seen;
  }
};

}  // namespace

const Scenario& busy_wait_scenario() {
  static const BusyWaitScenario scenario;
  return scenario;
}

}  // namespace gauntlet
