#include "scenarios/seam_cost/seam_cost_info.hpp"

#include <algorithm>

#include "scenarios/common_rows.hpp"
#include "scenarios/load/load_info.hpp"
#include "scenarios/load/plans.hpp"

namespace gauntlet {

namespace {

constexpr const char* wrong_figure = "wrong";
/// Through the contract go a receive, a send, and the buffer that is given back.
constexpr double calls_per_request = 3;

std::vector<ParameterInfo> parameters() {
  return {
      word_parameter("protocol", "what is spoken: http on /plaintext, or echo of 64 bytes", "http", {"http", "echo"}),
      real_parameter("budget_ms", "time for the calls through the contract and around it", "200", "20", 1, 60'000),
      integer_parameter("connections", "connections", "64", "4", 1, 16'000),
      real_parameter("rate_rps", "offered requests per second", "8000", "500", 1, 1e7),
      real_parameter("duration_s", "measured window", "4", "0.2", 0.05, 3600),
      real_parameter("warmup_s", "longest warm-up; it ends early when the rate is reached", "0.5", "0.05", 0, 600),
      worker_threads_parameter(),
      arrival_seed_parameter(),
  };
}

std::vector<MetricInfo> metrics() {
  return {
      common_metric::subject_cpu_us_per_request(),
      {"submit_seam_ns", "ns", Better::lower, "an operation submitted through the contract, beyond a direct call"},
      {"schedule_seam_ns", "ns", Better::lower, "a job scheduled through the contract, beyond a direct call"},
      {"submit_direct_ns", "ns", Better::lower, "an operation of the bare loop, completed, called directly"},
      {"schedule_direct_ns", "ns", Better::lower, "a job of the bare loop, run, called directly"},
      {"yield_ns", "ns", Better::lower, "a task of this runtime scheduled through the contract, and resumed"},
      {"seam_percent", "%", Better::lower, "three calls through the contract, of the CPU of a request"},
      {"latency_p99_us", "us", Better::lower, "from the intended send time"},
      common_metric::generator_cpu_us_per_request(),
      common_metric::context_switches_per_request(),
      common_metric::errors(),
  };
}

/// The twins of `load`: the same servers without the contract.
std::vector<ReferenceInfo> native_twins() {
  std::vector<ReferenceInfo> twins = load_info().references;
  std::erase_if(twins, [](const ReferenceInfo& reference) { return !reference.name.ends_with("_native"); });
  return twins;
}

}  // namespace

const ScenarioInfo& seam_cost_info() {
  static const ScenarioInfo info = {
      .name = "seam_cost",
      .question = "What does the contract cost, and what does an adapter add to its library?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{"every_answer_right", ClaimKind::must, "errors", 0, "a wrong answer is not a fast answer"},
                 {"seam_about_a_nanosecond", ClaimKind::headline, "submit_seam_ns", 2,
                  "architecture: the seam costs about a nanosecond"}},
      .references = native_twins(),
  };
  return info;
}

std::map<std::string, double> figures_of(const SeamPrice& price) {
  return {{"submit_direct_ns", price.submit_direct_ns},
          {"schedule_direct_ns", price.schedule_direct_ns},
          {"submit_seam_ns", price.submit_through_seam_ns - price.submit_direct_ns},
          {"schedule_seam_ns", price.schedule_through_seam_ns - price.schedule_direct_ns},
          {wrong_figure, static_cast<double>(price.wrong)}};
}

LoadPlan seam_cost_plan(const Parameters& parameters) {
  LoadPlan plan = plan_from(parameters);
  plan.protocol = parameters.word("protocol") == "http" ? Protocol::http : Protocol::echo;
  plan.expect_body = "Hello, World!";
  plan.rate_rps = parameters.real("rate_rps");
  plan.duration_s = parameters.real("duration_s");
  return plan;
}

Observations observe_seam_cost(const std::map<std::string, double>& reported, const LoadOutcome& load) {
  Observations seen;
  for (const auto& [name, value] : reported) {
    if (name != wrong_figure) seen.metrics[name] = value;
  }
  seen.metrics["errors"] = 0;
  add_answers(load, seen);
  add_costs_per_request(load, seen.metrics);
  if (load.corrected.p99) seen.metrics["latency_p99_us"] = *load.corrected.p99;
  const auto seam_ns = reported.find("submit_seam_ns");
  // A native twin does not go through it.
  if (reported.contains("yield_ns") && seam_ns != reported.end() && load.completed > 0 && load.subject.cpu_s > 0) {
    seen.metrics["seam_percent"] =
        100 * calls_per_request * seam_ns->second / (subject_cpu_us_per_request(load) * 1000);
  }
  if (const auto wrong = reported.find(wrong_figure); wrong != reported.end() && wrong->second > 0) {
    seen.wrong_answers += static_cast<std::uint64_t>(wrong->second);
    if (seen.first_error.empty()) seen.first_error = "a job that did not run as often as it was scheduled";
  }
  return seen;
}

}  // namespace gauntlet
