#include "scenarios/common_rows.hpp"

#include <cassert>

namespace gauntlet {

namespace {

double switches(const Consumption& subject) {
  return static_cast<double>(subject.voluntary_switches + subject.involuntary_switches);
}

}  // namespace

ParameterInfo worker_threads_parameter() {
  return integer_parameter("worker_threads", "worker threads of the runtime", "1", "1", 1, 254);
}

ParameterInfo dispatch_parameter() {
  return word_parameter("dispatch", "how a runtime with several workers shares out connections", "round_robin",
                        {"round_robin", "least_loaded", "affinity"});
}

ParameterInfo work_stealing_parameter() {
  return word_parameter("work_stealing", "idle workers take tasks from busy ones, in a runtime that can", "on",
                        {"on", "off"});
}

ParameterInfo arrival_seed_parameter() { return integer_parameter("seed", "of the arrival times", "1", "1", 0, 9e15); }

namespace common_metric {

MetricInfo subject_cpu_us_per_request() {
  return {"subject_cpu_us_per_request", "us", Better::lower,
          "CPU of the subject, user and system, per verified answer"};
}

MetricInfo generator_cpu_us_per_request() {
  return {"generator_cpu_us_per_request", "us", Better::lower, "CPU of the load generator per verified answer"};
}

MetricInfo context_switches_per_request() {
  return {"context_switches_per_request", "switches", Better::lower, "of the subject, voluntary and not"};
}

MetricInfo errors() { return {"errors", "answers", Better::lower, "wrong, missing or refused answers"}; }

}  // namespace common_metric

double subject_cpu_us_per_request(const LoadOutcome& load) {
  assert(load.completed > 0);
  return load.subject.cpu_s * 1e6 / static_cast<double>(load.completed);
}

void add_costs_per_request(const LoadOutcome& load, std::map<std::string, double>& metrics) {
  if (load.completed == 0) return;
  const double answers = static_cast<double>(load.completed);
  metrics["subject_cpu_us_per_request"] = subject_cpu_us_per_request(load);
  metrics["generator_cpu_us_per_request"] = load.generator_cpu_s * 1e6 / answers;
  metrics["context_switches_per_request"] = switches(load.subject) / answers;
}

void add_answers(const LoadOutcome& load, Observations& seen) {
  seen.metrics["errors"] += static_cast<double>(load.errors);
  seen.wrong_answers += load.errors;
  seen.unanswered += load.unanswered;
  if (seen.first_error.empty()) seen.first_error = load.first_error;
  seen.warnings.insert(seen.warnings.end(), load.warnings.begin(), load.warnings.end());
}

double cpu_percent(const Consumption& idle) { return 100 * idle.cpu_s / idle.window_s; }

double wakeups(const Consumption& idle) { return switches(idle); }

}  // namespace gauntlet
