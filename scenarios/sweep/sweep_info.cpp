#include "scenarios/sweep/sweep_info.hpp"

#include <string>

#include "scenarios/common_rows.hpp"

namespace gauntlet {

namespace {

std::vector<ParameterInfo> parameters() {
  std::vector<ParameterInfo> all = knee_parameters("40");
  all.push_back(integer_parameter("connections", "connections", "64", "8", 1, 16'000));
  all.push_back(real_parameter("common_rate_rps", "a rate at which all are measured as well", "5000", "1000", 10, 1e6));
  all.push_back(real_parameter("duration_s", "each point below the knee", "2", "0.1", 0.05, 3600));
  all.push_back(worker_threads_parameter());
  all.push_back(arrival_seed_parameter());
  return all;
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

Observations observe_sweep(const SweepReadings& readings) {
  Observations seen;
  seen.metrics["errors"] = 0;
  seen.warnings = knee_warnings(readings.knee);
  if (!readings.knee.rate_rps) return seen;
  seen.metrics["knee_rps"] = *readings.knee.rate_rps;
  seen.metrics["knee_resolution_percent"] = readings.resolution_percent;
  for (const auto& [percent, point] : readings.at_percent) add_point(point, at(percent), seen);
  if (readings.at_common_rate) {
    const LoadOutcome& point = *readings.at_common_rate;
    add_point(point, "_at_common_rate_us", seen);
    if (point.completed > 0) seen.metrics["subject_cpu_us_per_request"] = subject_cpu_us_per_request(point);
  }
  return seen;
}

}  // namespace gauntlet
