#include "scenarios/fairness/fairness.hpp"

#include <string>

#include "scenarios/fairness/fairness_info.hpp"
#include "scenarios/load/services.hpp"

namespace gauntlet {

namespace {

class FairnessScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return fairness_info(); }

  Task<int> serve(ServeContext& context) const override { return serve_http(context); }

  Observations drive(Bench& bench) const override {
    FairnessReadings seen;
    bench.start();
    seen.alone = bench.offer(fairness_alone_plan(bench.parameters()), "alone");
    for (const int burn_ms : fairness_burns_ms) {
      seen.with_burns[burn_ms] =
          bench.offer(fairness_plan(bench.parameters(), burn_ms), "burns-" + std::to_string(burn_ms) + "-ms");
    }
    bench.stop();
    return observe_fairness(seen);
  }
};

}  // namespace

const Scenario& fairness_scenario() {
  static const FairnessScenario scenario;
  return scenario;
}

}  // namespace gauntlet
