#include "scenarios/sweep/sweep_info.hpp"

#include <algorithm>
#include <string>

#include "scenarios/common_rows.hpp"
#include "scenarios/load/plans.hpp"

namespace gauntlet {

namespace {

/// Ten samples beyond it, and some more since arrivals come by chance.
constexpr double requests_for_p99 = 1200;
/// Of what was due in the window, what must have been answered in it.
constexpr double least_answered = 0.98;

std::vector<ParameterInfo> parameters() {
  return {
      real_parameter("p99_limit_us", "the objective: p99 from the intended send time", "1000", "20000", 10, 1e7),
      integer_parameter("burn_us", "CPU that each request burns", "40", "40", 0, 1'000'000),
      integer_parameter("connections", "connections", "64", "8", 1, 16'000),
      real_parameter("first_rate_rps", "where the search begins", "4000", "4000", 10, 1e6),
      real_parameter("most_rate_rps", "where it ends, whatever the subject can do", "60000", "4000", 10, 1e6),
      real_parameter("common_rate_rps", "a rate at which all are measured as well", "5000", "1000", 10, 1e6),
      real_parameter("resolution_percent", "how closely the knee is found", "5", "25", 0.5, 50),
      real_parameter("probe_s", "each step of the search", "1.5", "0.1", 0.05, 600),
      real_parameter("duration_s", "each point below the knee", "2", "0.1", 0.05, 3600),
      real_parameter("warmup_s", "longest warm-up of each", "0.3", "0.05", 0, 600),
      worker_threads_parameter(),
      arrival_seed_parameter(),
  };
}

std::string at(int percent) { return "_at_" + std::to_string(percent) + "_percent_us"; }

std::vector<MetricInfo> metrics() {
  std::vector<MetricInfo> all = {
      {"knee_rps", "requests/s", Better::higher, "highest offered rate at which p99 keeps the objective"},
      {"knee_resolution_percent", "%", Better::lower, "how closely the knee was searched for"},
  };
  for (const int percent : sweep_percents) {
    const std::string where = "at " + std::to_string(percent) + " % of its own knee, from the intended send time";
    all.push_back({"latency_p50" + at(percent), "us", Better::lower, where});
    all.push_back({"latency_p99" + at(percent), "us", Better::lower, where});
  }
  all.push_back({"latency_p50_at_common_rate_us", "us", Better::lower, "at the rate that is the same for all"});
  all.push_back({"latency_p99_at_common_rate_us", "us", Better::lower, "at the rate that is the same for all"});
  all.push_back({"subject_cpu_us_per_request", "us", Better::lower, "at the rate that is the same for all"});
  all.push_back({"errors", "answers", Better::lower, "wrong, missing or refused answers below the knee"});
  return all;
}

void add_point(const LoadOutcome& point, const std::string& suffix, Observations& seen) {
  if (point.completed > 0) seen.metrics["latency_p50" + suffix] = point.corrected.p50;
  if (point.corrected.p99) seen.metrics["latency_p99" + suffix] = *point.corrected.p99;
  add_answers(point, seen);
}

}  // namespace

const ScenarioInfo& sweep_info() {
  static const ScenarioInfo info = {
      .name = "sweep",
      .question = "How much can be offered before the tail breaks, and how does latency grow on the way?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{"every_answer_right", ClaimKind::must, "errors", 0, "a wrong answer is not a fast answer"}},
      .references = {},
  };
  return info;
}

LoadPlan sweep_plan(const Parameters& parameters, double rate_rps, double duration_s) {
  const std::string burn_us = parameters.word("burn_us");
  LoadPlan plan = plan_from(parameters);
  plan.path = "/burn/" + burn_us;
  plan.expect_body = burn_us + "\n";
  plan.rate_rps = rate_rps;
  plan.duration_s = duration_s;
  return plan;
}

double probe_s(const Parameters& parameters, double rate_rps) {
  return std::max(parameters.real("probe_s"), requests_for_p99 / rate_rps);
}

bool holds(const LoadOutcome& outcome, double p99_limit_us) {
  const double due = static_cast<double>(outcome.scheduled);
  return outcome.errors == 0 && outcome.completed > 0 &&
         static_cast<double>(outcome.completed) >= least_answered * due && outcome.corrected.p99 &&
         *outcome.corrected.p99 <= p99_limit_us;
}

Observations observe_sweep(const SweepReadings& readings) {
  Observations seen;
  seen.metrics["errors"] = 0;
  if (readings.generator_failed) {
    seen.warnings.push_back({Warning::Severity::invalid, "knee_not_found",
                             "the load generator could not keep its schedule, time after time, so that the knee may be "
                             "its own; run this on a quieter machine, or with a larger burn_us"});
  }
  if (!readings.knee_rps) {
    seen.warnings.push_back({Warning::Severity::invalid, "knee_not_found",
                             "p99 kept the objective at no rate; the first one may be too high, or the objective too "
                             "low for this machine"});
    return seen;
  }
  seen.metrics["knee_rps"] = *readings.knee_rps;
  seen.metrics["knee_resolution_percent"] = readings.resolution_percent;
  if (readings.open_ended) {
    seen.warnings.push_back({Warning::Severity::note, "knee_beyond",
                             "p99 kept the objective at the highest rate that was allowed: the knee lies beyond"});
  }
  for (const auto& [percent, point] : readings.at_percent) add_point(point, at(percent), seen);
  if (readings.at_common_rate) {
    const LoadOutcome& point = *readings.at_common_rate;
    add_point(point, "_at_common_rate_us", seen);
    if (point.completed > 0) seen.metrics["subject_cpu_us_per_request"] = subject_cpu_us_per_request(point);
  }
  return seen;
}

}  // namespace gauntlet
