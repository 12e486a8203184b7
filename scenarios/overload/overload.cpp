#include "scenarios/overload/overload.hpp"

#include <string>

#include "scenarios/load/services.hpp"
#include "scenarios/overload/overload_info.hpp"

namespace gauntlet {

namespace {

class OverloadScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return overload_info(); }

  Needs needs(const Parameters& parameters) const override {
    return {.descriptors = static_cast<std::uint64_t>(parameters.integer("connections")) + descriptors_beside};
  }

  Task<int> serve(ServeContext& context) const override {
    const Parameters& parameters = context.parameters();
    http::Limits limits;
    // Those of one load may not have been closed yet when those of the next one arrive.
    limits.connections = 2 * static_cast<std::uint32_t>(parameters.integer("connections"));
    if (parameters.word("shedding") == "on") {
      limits.concurrent_requests = static_cast<std::uint32_t>(parameters.integer("concurrent_requests"));
    }
    return serve_http(context, limits);
  }

  Observations drive(Bench& bench) const override {
    const Parameters& parameters = bench.parameters();
    OverloadReadings seen;
    bench.start();
    seen.knee = knee_of(bench);
    if (seen.knee.rate_rps) {
      const double knee_rps = *seen.knee.rate_rps;
      seen.overload_s = parameters.real("overload_s");
      LoadPlan at_knee = overload_base_plan(parameters, knee_rps, seen.overload_s);
      seen.interval_s = at_knee.interval_s;
      seen.at_knee = bench.offer(at_knee, "knee");
      for (const int percent : overload_percents) {
        seen.at_percent[percent] =
            bench.offer(overload_plan(parameters, knee_rps, percent), "overload-" + std::to_string(percent));
      }
    }
    bench.stop();
    return observe_overload(seen);
  }

 private:
  static Knee knee_of(Bench& bench) {
    const Parameters& parameters = bench.parameters();
    if (const double given = parameters.real("knee_rps"); given > 0) return {.rate_rps = given};
    return find_knee(
        bench, [&parameters](double rate, double length_s) { return overload_base_plan(parameters, rate, length_s); });
  }
};

}  // namespace

const Scenario& overload_scenario() {
  static const OverloadScenario scenario;
  return scenario;
}

}  // namespace gauntlet
