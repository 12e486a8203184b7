#include "scenarios/scheduling/scheduling_info.hpp"

#include "scenarios/common_rows.hpp"

namespace gauntlet {

namespace {

std::vector<ParameterInfo> parameters() {
  return {
      real_parameter("budget_ms", "time for each of the short operations", "100", "2", 0.1, 60'000),
      integer_parameter("timers", "timers whose lateness is measured", "10000", "1000", 20, 1'000'000),
      real_parameter("timer_span_ms", "over which they are due", "300", "50", 1, 60'000),
      integer_parameter("wakes", "wake-ups from a foreign thread", "500", "20", 1, 100'000),
      {.name = "skynet_leaves",
       .description = "leaves of a tree of tasks, ten below each",
       .type = ParameterInfo::Type::word,
       .default_value = "1000000",
       .smoke_value = "1000",
       .choices = {"1000", "10000", "100000", "1000000"}},
      integer_parameter("fib_n", "fib(n) by forking one half of each call", "30", "15", 1, 32),
      integer_parameter("ring_tasks", "tasks in the ring", "100000", "500", 2, 4'000'000),
      worker_threads_parameter(),
  };
}

std::vector<MetricInfo> metrics() {
  return {
      {"spawn_join_ns", "ns", Better::lower, "a task spawned, run and awaited"},
      {"spawn_ns", "ns", Better::lower, "the call that spawns a task"},
      {"yield_ns", "ns", Better::lower, "a task put at the end of the ready queue and resumed"},
      {"ping_pong_ns", "ns", Better::lower, "one way between two tasks that wait for each other in turn"},
      {"cross_thread_wake_p50_us", "us", Better::lower,
       "from the call of a foreign thread to the task, on a worker that was asleep"},
      {"timer_set_cancel_ns", "ns", Better::lower, "a timer set, cancelled and completed"},
      {"timer_lateness_p50_us", "us", Better::lower, "how late a timer's task runs, with all timers pending"},
      {"timer_lateness_p99_us", "us", Better::lower, "how late a timer's task runs, with all timers pending"},
      {"skynet_ms", "ms", Better::lower, "a tree of tasks spawned, and its sum awaited"},
      {"fib_ms", "ms", Better::lower, "fib(n) by forking and joining"},
      {"ring_hop_ns", "ns", Better::lower, "from one task of a large ring to the next"},
      {"thread_spawn_join_ns", "ns", Better::lower, "a thread started and joined, in the same run"},
      {"thread_ping_pong_ns", "ns", Better::lower,
       "one way between two threads on one CPU, each blocked on a futex in turn, in the same run"},
      {"thread_per_task_spawn_ratio", "ratio", Better::higher, "thread_spawn_join_ns by spawn_join_ns"},
      {"thread_per_task_switch_ratio", "ratio", Better::higher, "thread_ping_pong_ns by ping_pong_ns"},
  };
}

void add_ratio(std::map<std::string, double>& metrics, const char* name, const char* thread, const char* task) {
  const auto threads = metrics.find(thread);
  const auto tasks = metrics.find(task);
  if (threads == metrics.end() || tasks == metrics.end() || tasks->second <= 0) return;
  metrics[name] = threads->second / tasks->second;
}

}  // namespace

const ScenarioInfo& scheduling_info() {
  static const ScenarioInfo info = {
      .name = "scheduling",
      .question = "What do spawning, switching, waking and timing a task cost?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{"spawn_50_ns", ClaimKind::headline, "spawn_ns", 50, "seed: 50 ns to spawn a task"},
                 {"switch_10_ns", ClaimKind::headline, "yield_ns", 10, "seed: 10 ns to switch between tasks"},
                 {"switch_100_times", ClaimKind::headline, "thread_per_task_switch_ratio", 100,
                  "seed: switches 100 times cheaper than those of threads"}},
      .references = {{.name = "plain_calls",
                      .description = "a function call for each operation, and one bare timerfd for all timers"},
                     {.name = "thread_per_task", .description = "std::thread for each task, futexes between them"}},
      .offers_load = false,
  };
  return info;
}

Observations observe_scheduling(const Figures& reported) {
  Observations seen;
  for (const auto& [name, value] : reported) {
    if (name != wrong_figure) seen.metrics[name] = value;
  }
  add_ratio(seen.metrics, "thread_per_task_spawn_ratio", "thread_spawn_join_ns", "spawn_join_ns");
  add_ratio(seen.metrics, "thread_per_task_switch_ratio", "thread_ping_pong_ns", "ping_pong_ns");
  const auto wrong = reported.find(wrong_figure);
  if (wrong != reported.end() && wrong->second > 0) {
    seen.wrong_answers = static_cast<std::uint64_t>(wrong->second);
    seen.first_error = "a sum, a result or a timer that is not what it must be";
  }
  if (seen.metrics.contains("timer_lateness_p50_us") && !seen.metrics.contains("timer_lateness_p99_us")) {
    seen.warnings.push_back({Warning::Severity::note, "few_timers", "p99 of lateness wants 1,000 timers or more"});
  }
  return seen;
}

}  // namespace gauntlet
