#include "scenarios/fairness/fairness_info.hpp"

#include <algorithm>
#include <string>

#include "scenarios/common_rows.hpp"
#include "scenarios/load/plans.hpp"

namespace gauntlet {

namespace {

std::vector<ParameterInfo> parameters() {
  return {
      real_parameter("rate_rps", "offered requests per second, burning ones among them", "4000", "500", 10, 1e6),
      real_parameter("burn_cpu_percent", "CPU that the burning requests take together, of one CPU", "25", "25", 0.1,
                     1000),
      word_parameter("burn_on", "where they burn: on the worker, or in a blocking call on a thread of the pool",
                     "worker", {"worker", "pool"}),
      integer_parameter("connections", "connections", "64", "8", 1, 16'000),
      real_parameter("duration_s", "each of the four loads", "4", "0.15", 0.05, 3600),
      real_parameter("warmup_s", "longest warm-up of each", "0.3", "0.05", 0, 600),
      worker_threads_parameter(),
      dispatch_parameter(),
      work_stealing_parameter(),
      arrival_seed_parameter(),
  };
}

std::string with(int burn_ms) { return "_with_burns_of_" + std::to_string(burn_ms) + "_ms_us"; }

std::vector<MetricInfo> metrics() {
  std::vector<MetricInfo> all;
  for (const int burn_ms : {fairness_burns_ms[2], fairness_burns_ms[1], fairness_burns_ms[0]}) {
    const std::string beside = "beside requests that burn " + std::to_string(burn_ms) + " ms each";
    all.push_back({"cheap_p99" + with(burn_ms), "us", Better::lower, "cheap requests, " + beside});
    all.push_back({"cheap_p50" + with(burn_ms), "us", Better::lower, "cheap requests, " + beside});
  }
  all.push_back({"cheap_p99_alone_us", "us", Better::lower, "cheap requests among themselves"});
  all.push_back({"cheap_p50_alone_us", "us", Better::lower, "cheap requests among themselves"});
  for (const int burn_ms : fairness_burns_ms) {
    all.push_back({"burning_p50_of_" + std::to_string(burn_ms) + "_ms_us", "us", Better::lower,
                   "the burning requests themselves, which take that long at least"});
  }
  all.push_back(common_metric::errors());
  return all;
}

}  // namespace

const ScenarioInfo& fairness_info() {
  static const ScenarioInfo info = {
      .name = "fairness",
      .question = "What do cheap requests suffer from a few that burn CPU?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{"every_answer_right", ClaimKind::must, "errors", 0, "a wrong answer is not a fast answer"}},
      .references = {},
  };
  return info;
}

LoadPlan fairness_alone_plan(const Parameters& parameters) {
  LoadPlan plan = plan_from(parameters);
  plan.path = "/plaintext";
  plan.expect_body = "Hello, World!";
  plan.rate_rps = parameters.real("rate_rps");
  plan.duration_s = parameters.real("duration_s");
  return plan;
}

LoadPlan fairness_plan(const Parameters& parameters, int burn_ms) {
  LoadPlan plan = fairness_alone_plan(parameters);
  const std::string burn_us = std::to_string(burn_ms * 1000);
  const double burns_rps = parameters.real("burn_cpu_percent") / 100 / (burn_ms * 1e-3);
  const char* where = parameters.word("burn_on") == "pool" ? "/pool" : "";
  plan.other = {.share = std::min(burns_rps / plan.rate_rps, 1.0),
                .path = "/burn/" + burn_us + where,
                .expect_body = burn_us + "\n"};
  return plan;
}

Observations observe_fairness(const FairnessReadings& readings) {
  Observations seen;
  seen.metrics["errors"] = 0;
  add_answers(readings.alone, seen);
  if (readings.alone.corrected.samples > 0) seen.metrics["cheap_p50_alone_us"] = readings.alone.corrected.p50;
  if (readings.alone.corrected.p99) seen.metrics["cheap_p99_alone_us"] = *readings.alone.corrected.p99;
  for (const auto& [burn_ms, load] : readings.with_burns) {
    add_answers(load, seen);
    if (load.corrected.samples > 0) seen.metrics["cheap_p50" + with(burn_ms)] = load.corrected.p50;
    if (load.corrected.p99) seen.metrics["cheap_p99" + with(burn_ms)] = *load.corrected.p99;
    if (load.apart.samples > 0) {
      seen.metrics["burning_p50_of_" + std::to_string(burn_ms) + "_ms_us"] = load.apart.p50;
    }
  }
  return seen;
}

}  // namespace gauntlet
