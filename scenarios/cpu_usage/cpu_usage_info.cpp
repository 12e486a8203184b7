#include "scenarios/cpu_usage/cpu_usage_info.hpp"

#include <algorithm>

#include "scenarios/common_rows.hpp"
#include "scenarios/load/plans.hpp"

namespace gauntlet {

namespace {

using Metrics = std::map<std::string, double>;

/// A traced subject takes some ten microseconds more for each system call.
constexpr double traced_rate_rps_at_most = 1000;
constexpr double traced_short_s = 0.1;
constexpr double traced_long_s = 0.4;

std::vector<ParameterInfo> parameters() {
  return {
      word_parameter("protocol", "what is spoken: http on /plaintext, or echo of 64 bytes", "http", {"http", "echo"}),
      integer_parameter("connections", "connections that carry the load", "64", "4", 1, 16'000),
      real_parameter("rate_rps", "offered requests per second", "8000", "500", 1, 1e7),
      real_parameter("duration_s", "measured window under load", "2", "0.2", 0.05, 3600),
      real_parameter("warmup_s", "longest warm-up; it ends early when the rate is reached", "0.5", "0.05", 0, 600),
      integer_parameter("idle_connections", "silent connections; a tenth of them comes first", "10000", "50", 10,
                        16'000),
      real_parameter("window_s", "each of the three windows in which nothing happens", "1", "0.2", 0.1, 600),
      worker_threads_parameter(),
      arrival_seed_parameter(),
  };
}

std::vector<MetricInfo> metrics() {
  return {
      common_metric::subject_cpu_us_per_request(),
      {"idle_cpu_percent", "%", Better::lower, "CPU of the subject in the worst of the idle windows, of one CPU"},
      {"idle_wakeups_count", "wake-ups", Better::lower, "context switches in the worst of the idle windows"},
      {"idle_alone_cpu_percent", "%", Better::lower, "without connections"},
      {"idle_few_connections_cpu_percent", "%", Better::lower, "with a tenth of the silent connections"},
      {"idle_many_connections_cpu_percent", "%", Better::lower, "with all silent connections"},
      {"system_calls_per_request", "calls", Better::lower, "at the equal schedule, by the kernel's tracepoint"},
      {"system_calls_traced_per_request", "calls", Better::lower,
       "in a separate run under strace, at most 1,000 requests/s: where tracepoints cannot be read"},
      common_metric::context_switches_per_request(),
      {"migrations_per_request", "migrations", Better::lower, "of the subject's threads between CPUs"},
      {"page_faults_per_request", "faults", Better::lower, "of the subject, minor and major"},
      {"cycles_per_request", "cycles", Better::lower, "of the CPU, user and kernel, where the machine counts them"},
      {"instructions_per_request", "instructions", Better::lower, "user and kernel, where the machine counts them"},
      common_metric::generator_cpu_us_per_request(),
      common_metric::errors(),
  };
}

void add_load(const LoadOutcome& load, Metrics& metrics) {
  add_costs_per_request(load, metrics);
  if (load.completed == 0) return;
  const double answers = static_cast<double>(load.completed);
  const Consumption& subject = load.subject;
  metrics["page_faults_per_request"] = static_cast<double>(subject.page_faults) / answers;
  if (subject.migrations) metrics["migrations_per_request"] = *subject.migrations / answers;
  if (subject.system_calls) metrics["system_calls_per_request"] = *subject.system_calls / answers;
  if (subject.cycles) metrics["cycles_per_request"] = *subject.cycles / answers;
  if (subject.instructions) metrics["instructions_per_request"] = *subject.instructions / answers;
}

void add_idle(const CpuReadings& readings, Metrics& metrics) {
  const auto windows = {&readings.idle_alone, &readings.idle_few, &readings.idle_many};
  // A window that was not measured leaves the claims on all of them without their figure.
  if (std::ranges::any_of(windows, [](const Consumption* idle) { return idle->window_s <= 0; })) return;
  metrics["idle_alone_cpu_percent"] = cpu_percent(readings.idle_alone);
  metrics["idle_few_connections_cpu_percent"] = cpu_percent(readings.idle_few);
  metrics["idle_many_connections_cpu_percent"] = cpu_percent(readings.idle_many);
  for (const Consumption* idle : windows) {
    metrics["idle_cpu_percent"] = std::max(metrics["idle_cpu_percent"], cpu_percent(*idle));
    metrics["idle_wakeups_count"] = std::max(metrics["idle_wakeups_count"], wakeups(*idle));
  }
}

void add_traced(const CpuReadings& readings, Observations& seen) {
  if (!readings.traced_short || !readings.traced_long) {
    if (readings.why_not_traced.empty()) return;
    seen.warnings.push_back({Warning::Severity::note, "system_calls_not_traced", readings.why_not_traced});
    return;
  }
  const double calls = static_cast<double>(readings.traced_long->system_calls) -
                       static_cast<double>(readings.traced_short->system_calls);
  const double answers =
      static_cast<double>(readings.traced_long->completed) - static_cast<double>(readings.traced_short->completed);
  if (answers > 0 && calls > 0) {
    seen.metrics["system_calls_traced_per_request"] = calls / answers;
  } else {
    seen.warnings.push_back({Warning::Severity::note, "system_calls_not_traced",
                             "under strace the longer load gave " + std::to_string(readings.traced_long->completed) +
                                 " answers and the shorter " + std::to_string(readings.traced_short->completed) +
                                 ": too little for system calls to be counted"});
  }
}

}  // namespace

const ScenarioInfo& cpu_usage_info() {
  static const ScenarioInfo info = {
      .name = "cpu_usage",
      .question = "What does a request cost in CPU and system calls, and what do idle connections cost?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{"every_answer_right", ClaimKind::must, "errors", 0, "a wrong answer is not a fast answer"},
                 {"idle_cpu", ClaimKind::must, "idle_cpu_percent", 5, "idle: below 5 % CPU, whatever stands open"},
                 {"idle_wakeups", ClaimKind::must, "idle_wakeups_count", 2, "idle means blocked: no periodic wake-up"},
                 {"idle_cpu_none", ClaimKind::headline, "idle_cpu_percent", 0.1,
                  "eliminating-busy-wait: about 0 % CPU"}},
      .references = {{.name = "floor_epoll",
                      .description = "a bare epoll loop; its CPU by a runtime's is that runtime's CPU efficiency"}},
  };
  return info;
}

LoadPlan schedule_of(const Parameters& parameters) {
  LoadPlan plan = plan_from(parameters);
  plan.protocol = parameters.word("protocol") == "http" ? Protocol::http : Protocol::echo;
  plan.expect_body = "Hello, World!";
  plan.rate_rps = parameters.real("rate_rps");
  plan.duration_s = parameters.real("duration_s");
  plan.count_events = true;
  return plan;
}

LoadPlan traced_plan(const Parameters& parameters, bool long_one) {
  LoadPlan plan = schedule_of(parameters);
  plan.count_events = false;
  plan.rate_rps = std::min(plan.rate_rps, traced_rate_rps_at_most);
  plan.warmup_cap_s = 0;
  plan.duration_s = long_one ? traced_long_s : traced_short_s;
  return plan;
}

Observations observe_cpu_usage(const CpuReadings& readings) {
  Observations seen;
  add_answers(readings.load, seen);
  add_load(readings.load, seen.metrics);
  add_idle(readings, seen.metrics);
  add_traced(readings, seen);
  return seen;
}

}  // namespace gauntlet
