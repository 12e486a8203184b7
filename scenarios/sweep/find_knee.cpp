#include "scenarios/sweep/find_knee.hpp"

#include <algorithm>
#include <string>

#include "scenarios/load/plans.hpp"
#include "scenarios/sweep/knee_search.hpp"

namespace gauntlet {

namespace {

/// Ten samples beyond it, and some more since arrivals come by chance.
constexpr double requests_for_p99 = 1200;
/// Of what was due in the window, what must have been answered in it.
constexpr double least_answered = 0.98;

bool is_disturbed(const LoadOutcome& outcome) {
  return std::ranges::find(outcome.warnings, "disturbed", &Warning::code) != outcome.warnings.end();
}

/// A probe that says nothing of the subject is made again, and the last one stands.
LoadOutcome probe(Bench& bench, const LoadPlan& plan) {
  constexpr int most_probes = 3;
  for (int made = 1;; ++made) {
    LoadOutcome outcome = bench.offer(plan, "search");
    if (made == most_probes || !(is_invalid(outcome) || is_disturbed(outcome))) return outcome;
  }
}

}  // namespace

std::vector<ParameterInfo> knee_parameters(std::string burn_us) {
  return {
      real_parameter("p99_limit_us", "the objective: p99 from the intended send time", "1000", "20000", 10, 1e7),
      integer_parameter("burn_us", "CPU that each request burns", burn_us, burn_us, 0, 1'000'000),
      real_parameter("first_rate_rps", "where the search begins", "4000", "4000", 10, 1e6),
      real_parameter("most_rate_rps", "where it ends, whatever the subject can do", "60000", "4000", 10, 1e6),
      real_parameter("resolution_percent", "how closely the knee is found", "5", "25", 0.5, 50),
      real_parameter("probe_s", "each step of the search", "1.5", "0.1", 0.05, 600),
      real_parameter("warmup_s", "longest warm-up of each load", "0.3", "0.05", 0, 600),
  };
}

LoadPlan burn_plan(const Parameters& parameters, double rate_rps, double duration_s) {
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

bool is_invalid(const LoadOutcome& outcome) {
  return std::ranges::find(outcome.warnings, Warning::Severity::invalid, &Warning::severity) != outcome.warnings.end();
}

Knee find_knee(Bench& bench, const PlanAt& plan_at) {
  const Parameters& parameters = bench.parameters();
  const double limit_us = parameters.real("p99_limit_us");
  const double first = parameters.real("first_rate_rps");
  constexpr double halvings = 64;
  KneeSearch search(first, parameters.real("resolution_percent") / 100, first / halvings,
                    std::max(first, parameters.real("most_rate_rps")));
  while (const auto rate = search.next()) {
    const LoadOutcome outcome = probe(bench, plan_at(*rate, probe_s(parameters, *rate)));
    if (is_invalid(outcome)) return {.rate_rps = {}, .generator_failed = true};
    search.tried(holds(outcome, limit_us));
  }
  return {.rate_rps = search.knee(), .open_ended = search.open_ended()};
}

std::vector<Warning> knee_warnings(const Knee& knee) {
  using Severity = Warning::Severity;
  if (knee.generator_failed) {
    return {{Severity::invalid, "knee_not_found",
             "the load generator could not keep its schedule, time after time, so that the knee may be its own; run "
             "this on a quieter machine, or with a larger burn_us"}};
  }
  if (!knee.rate_rps) {
    return {{Severity::invalid, "knee_not_found",
             "p99 kept the objective at no rate; the first one may be too high, or the objective too low for this "
             "machine"}};
  }
  if (!knee.open_ended) return {};
  return {{Severity::note, "knee_beyond",
           "p99 kept the objective at the highest rate that was allowed: the knee lies beyond"}};
}

}  // namespace gauntlet
