#include "scenarios/sweep/sweep.hpp"

#include <algorithm>
#include <string>

#include "scenarios/load/services.hpp"
#include "scenarios/sweep/knee_search.hpp"
#include "scenarios/sweep/sweep_info.hpp"

namespace gauntlet {

namespace {

bool is_invalid(const LoadOutcome& outcome) {
  return std::ranges::find(outcome.warnings, Warning::Severity::invalid, &Warning::severity) != outcome.warnings.end();
}

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

void find_knee(Bench& bench, SweepReadings& seen) {
  const Parameters& parameters = bench.parameters();
  const double limit_us = parameters.real("p99_limit_us");
  const double first = parameters.real("first_rate_rps");
  constexpr double halvings = 64;
  seen.resolution_percent = parameters.real("resolution_percent");
  KneeSearch search(first, seen.resolution_percent / 100, first / halvings,
                    std::max(first, parameters.real("most_rate_rps")));
  while (const auto rate = search.next()) {
    const LoadOutcome outcome = probe(bench, sweep_plan(parameters, *rate, probe_s(parameters, *rate)));
    if (is_invalid(outcome)) {
      seen.generator_failed = true;
      return;
    }
    search.tried(holds(outcome, limit_us));
  }
  seen.knee_rps = search.knee();
  seen.open_ended = search.open_ended();
}

class SweepScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return sweep_info(); }

  Task<int> serve(ServeContext& context) const override { return serve_http(context); }

  Observations drive(Bench& bench) const override {
    const Parameters& parameters = bench.parameters();
    const double duration_s = parameters.real("duration_s");
    SweepReadings seen;
    bench.start();
    // First, since the histograms of a run's first load are those that a report draws: it is the same for all.
    const double common = parameters.real("common_rate_rps");
    const LoadOutcome at_common_rate = bench.offer(sweep_plan(parameters, common, duration_s), "common");
    find_knee(bench, seen);
    if (seen.knee_rps) {
      if (common <= *seen.knee_rps) seen.at_common_rate = at_common_rate;
      for (const int percent : sweep_percents) {
        const double rate = *seen.knee_rps * percent / 100;
        seen.at_percent[percent] =
            bench.offer(sweep_plan(parameters, rate, duration_s), "knee-" + std::to_string(percent));
      }
    }
    bench.stop();
    return observe_sweep(seen);
  }
};

}  // namespace

const Scenario& sweep_scenario() {
  static const SweepScenario scenario;
  return scenario;
}

}  // namespace gauntlet
