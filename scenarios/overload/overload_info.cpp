#include "scenarios/overload/overload_info.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <string>

#include "scenarios/common_rows.hpp"

namespace gauntlet {

namespace {

/// Of the goodput at the knee, what must be there again for an overload to be over.
constexpr double recovered_share = 0.9;
/// Parts in which goodput is counted: at the knee some hundreds of answers fall into each.
constexpr double interval_s = 0.05;
/// Five times the knee must be within the generator's reach, and most of it is refused: at 40 us, reading and refusing
/// so many takes more of a CPU than 20 % on a machine where a request costs 6 us, and no server could hold the claim.
constexpr const char* burn_us = "100";
constexpr double growth_bytes_at_most = 16.0 * 1024 * 1024;

std::vector<ParameterInfo> parameters() {
  std::vector<ParameterInfo> all = knee_parameters(burn_us);
  all.push_back(
      word_parameter("shedding", "off: every request is let in, and shows what that does", "on", {"on", "off"}));
  all.push_back(integer_parameter("concurrent_requests", "let in and not answered yet; beyond: 503 (shedding)", "4",
                                  "4", 1, 65'536));
  all.push_back(integer_parameter("connections", "connections", "256", "16", 1, 16'000));
  all.push_back(real_parameter("knee_rps", "the knee, where it is known; 0: it is searched for", "0", "500", 0, 1e6));
  all.push_back(real_parameter("overload_s", "each overload, and the load at the knee", "2", "0.1", 0.1, 600));
  all.push_back(real_parameter("recovery_s", "after each overload, at the rate of the knee", "2", "0.1", 0.1, 600));
  all.push_back(
      real_parameter("patience_s", "so long a client waits to send, then it gives up", "0.5", "0.05", 0.001, 600));
  all.push_back(worker_threads_parameter());
  all.push_back(arrival_seed_parameter());
  return all;
}

std::string at(int percent) { return "_at_" + std::to_string(percent) + "_percent_"; }
std::string recovery_metric(int percent) { return "recovery_from_" + std::to_string(percent) + "_percent_ms"; }

std::vector<MetricInfo> metrics() {
  std::vector<MetricInfo> all = {
      {"goodput_at_500_percent_ratio", "ratio", Better::higher, "goodput at 5 times the knee, by that at the knee"},
      {"knee_rps", "requests/s", Better::higher, "highest offered rate at which p99 keeps the objective"},
      {"goodput_at_knee_rps", "requests/s", Better::higher, "right answers within the objective, at the knee"},
  };
  for (const int percent : overload_percents) {
    const std::string where = "while " + std::to_string(percent) + " % of the knee is offered";
    all.push_back({"goodput" + at(percent) + "rps", "requests/s", Better::higher,
                   "right answers within the objective, " + where});
    all.push_back({"served_p50" + at(percent) + "us", "us", Better::lower, "of what is served, " + where});
    all.push_back({"served_p99" + at(percent) + "us", "us", Better::lower, "of what is served, " + where});
    all.push_back({"shed" + at(percent) + "ratio", "ratio", Better::lower, "answered 503, of all requests due"});
    all.push_back({"abandoned" + at(percent) + "ratio", "ratio", Better::lower,
                   "given up by their clients, of all requests due"});
    all.push_back({"rss_peak" + at(percent) + "bytes", "bytes", Better::lower, "peak memory of the subject so far"});
    all.push_back({recovery_metric(percent), "ms", Better::lower,
                   "from the overload's end until goodput is 90 % of that at the knee, in steps of 50 ms"});
  }
  all.push_back({"rss_growth_at_500_percent_bytes", "bytes", Better::lower, "peak memory beyond that at the knee"});
  all.push_back(common_metric::errors());
  return all;
}

double good_answers(std::span<const LoadInterval> intervals) {
  return std::accumulate(intervals.begin(), intervals.end(), 0.0,
                         [](double sum, const LoadInterval& one) { return sum + static_cast<double>(one.good); });
}

std::size_t intervals_of_overload(const OverloadReadings& readings) {
  return static_cast<std::size_t>(std::lround(readings.overload_s / readings.interval_s));
}

/// The end of the first part that is good again.
std::optional<double> recovery_ms(const OverloadReadings& readings, const LoadOutcome& point, double knee_goodput_rps) {
  const double enough = recovered_share * knee_goodput_rps * readings.interval_s;
  const std::size_t end = intervals_of_overload(readings);
  for (std::size_t i = end; i < point.intervals.size(); ++i) {
    if (static_cast<double>(point.intervals[i].good) < enough) continue;
    return static_cast<double>(i + 1 - end) * readings.interval_s * 1000;
  }
  return std::nullopt;
}

void add_recovery(const OverloadReadings& readings, int percent, double knee_goodput_rps, Observations& seen) {
  const LoadOutcome& point = readings.at_percent.at(percent);
  if (const auto ms = recovery_ms(readings, point, knee_goodput_rps)) {
    seen.metrics[recovery_metric(percent)] = *ms;
    return;
  }
  const double watched_ms = (point.duration_s - readings.overload_s) * 1000;
  seen.metrics[recovery_metric(percent)] = watched_ms;
  seen.warnings.push_back({Warning::Severity::note, "not_recovered",
                           "goodput had not come back " + std::to_string(std::lround(watched_ms)) +
                               " ms after an overload of " + std::to_string(percent) +
                               " % of the knee: recovery takes longer than is told"});
}

void add_overload(const OverloadReadings& readings, int percent, double knee_goodput_rps, Observations& seen) {
  const LoadOutcome& point = readings.at_percent.at(percent);
  add_answers(point, seen);
  const auto in_overload = std::min(point.intervals.size(), intervals_of_overload(readings));
  const double goodput_rps = good_answers(std::span(point.intervals).first(in_overload)) / readings.overload_s;
  seen.metrics["goodput" + at(percent) + "rps"] = goodput_rps;
  if (percent == overload_percents.back() && knee_goodput_rps > 0) {
    seen.metrics["goodput_at_500_percent_ratio"] = goodput_rps / knee_goodput_rps;
    seen.metrics["rss_growth_at_500_percent_bytes"] = static_cast<double>(point.subject.rss_peak_bytes) -
                                                      static_cast<double>(readings.at_knee.subject.rss_peak_bytes);
  }
  if (point.apart.samples > 0) seen.metrics["served_p50" + at(percent) + "us"] = point.apart.p50;
  if (point.apart.p99) seen.metrics["served_p99" + at(percent) + "us"] = *point.apart.p99;
  if (const double due = static_cast<double>(point.scheduled); due > 0) {
    seen.metrics["shed" + at(percent) + "ratio"] = static_cast<double>(point.shed) / due;
    seen.metrics["abandoned" + at(percent) + "ratio"] = static_cast<double>(point.abandoned) / due;
  }
  seen.metrics["rss_peak" + at(percent) + "bytes"] = static_cast<double>(point.subject.rss_peak_bytes);
  add_recovery(readings, percent, knee_goodput_rps, seen);
}

}  // namespace

const ScenarioInfo& overload_info() {
  static_assert(overload_percents.back() == 500);
  static const ScenarioInfo info = {
      .name = "overload",
      .question = "What is left of a server to which more is offered than it can do, and how soon does it recover?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{"every_answer_right", ClaimKind::must, "errors", 0, "a wrong answer is not a fast answer"},
                 {"memory_bounded", ClaimKind::must, "rss_growth_at_500_percent_bytes", growth_bytes_at_most,
                  "overload: memory is bounded by the connections, not by what is offered; 64 KiB for each of 256"},
                 {"goodput_kept", ClaimKind::headline, "goodput_at_500_percent_ratio", 0.8,
                  "overload: at 5 times the knee, a server that sheds keeps 80 % of its goodput"}},
      .references = {},
  };
  return info;
}

LoadPlan overload_base_plan(const Parameters& parameters, double rate_rps, double duration_s) {
  LoadPlan plan = burn_plan(parameters, rate_rps, duration_s);
  plan.counts_shed = true;
  plan.objective_us = parameters.real("p99_limit_us");
  plan.interval_s = interval_s;
  return plan;
}

LoadPlan overload_plan(const Parameters& parameters, double knee_rps, int percent) {
  const double overload_s = parameters.real("overload_s");
  LoadPlan plan = overload_base_plan(parameters, knee_rps, overload_s + parameters.real("recovery_s"));
  plan.surge = {.rate_rps = knee_rps * percent / 100, .duration_s = overload_s};
  plan.patience_s = parameters.real("patience_s");
  return plan;
}

Observations observe_overload(const OverloadReadings& readings) {
  Observations seen;
  seen.metrics["errors"] = 0;
  seen.warnings = knee_warnings(readings.knee);
  if (!readings.knee.rate_rps) return seen;
  seen.metrics["knee_rps"] = *readings.knee.rate_rps;
  const double knee_goodput_rps = good_answers(readings.at_knee.intervals) / readings.overload_s;
  seen.metrics["goodput_at_knee_rps"] = knee_goodput_rps;
  add_answers(readings.at_knee, seen);
  for (const int percent : overload_percents) add_overload(readings, percent, knee_goodput_rps, seen);
  // An overload that the generator could not offer is none of the subject's.
  for (Warning& warning : seen.warnings) {
    if (warning.code == "generator_bound") warning.severity = Warning::Severity::invalid;
  }
  // That the subject was slower than what was offered is what this is about.
  std::erase_if(seen.warnings, [](const Warning& warning) { return warning.code == "overloaded"; });
  return seen;
}

}  // namespace gauntlet
