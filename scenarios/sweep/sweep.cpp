#include "scenarios/sweep/sweep.hpp"

#include <string>

#include "scenarios/load/plans.hpp"
#include "scenarios/load/services.hpp"
#include "scenarios/sweep/find_knee.hpp"
#include "scenarios/sweep/sweep_info.hpp"

namespace gauntlet {

namespace {

class SweepScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return sweep_info(); }

  Task<int> serve(ServeContext& context) const override { return serve_http(context); }

  Observations drive(Bench& bench) const override {
    const Parameters& parameters = bench.parameters();
    const double duration_s = parameters.real("duration_s");
    const auto point = [&](double rate, const std::string& label) {
      LoadPlan plan = burn_plan(parameters, rate, duration_s);
      plan.timeline_interval_s = timeline_interval_for(duration_s);
      return bench.offer(plan, label);
    };
    SweepReadings seen;
    bench.start();
    // First, since the histograms of a run's first load are those that a report draws: it is the same for all.
    const double common = parameters.real("common_rate_rps");
    const LoadOutcome at_common_rate = point(common, "common");
    seen.knee =
        find_knee(bench, [&parameters](double rate, double length_s) { return burn_plan(parameters, rate, length_s); });
    seen.resolution_percent = parameters.real("resolution_percent");
    if (seen.knee.rate_rps) {
      if (common <= *seen.knee.rate_rps) seen.at_common_rate = at_common_rate;
      for (const int percent : sweep_percents) {
        const double rate = *seen.knee.rate_rps * percent / 100;
        seen.at_percent[percent] = point(rate, "knee-" + std::to_string(percent));
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
