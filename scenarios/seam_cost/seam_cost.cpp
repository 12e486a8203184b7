#include "scenarios/seam_cost/seam_cost.hpp"

#include <chrono>

#include "scenarios/load/references.hpp"
#include "scenarios/load/services.hpp"
#include "scenarios/scheduling/task_costs.hpp"
#include "scenarios/seam_cost/seam_cost_info.hpp"

namespace gauntlet {

namespace {

std::chrono::nanoseconds budget_of(const Parameters& parameters) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::milli>(parameters.real("budget_ms")));
}

class SeamCostScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return seam_cost_info(); }

  Task<int> serve(ServeContext& context) const override {
    const std::chrono::nanoseconds budget = budget_of(context.parameters());
    auto figures = figures_of(measure_seam(budget));
    figures["yield_ns"] = co_await yield_ns(budget / 4);
    context.report(figures);
    const Task<int> serving = serve_protocol(context);
    co_return co_await serving;
  }

  int serve_reference(std::string_view name, ReferenceContext& context) const override {
    context.report(figures_of(measure_seam(budget_of(context.parameters))));
    return run_load_reference(name, context);
  }

  Observations drive(Bench& bench) const override {
    constexpr std::chrono::seconds at_most{60};
    bench.start();
    const auto reported = bench.await_report(at_most);
    const LoadOutcome load = bench.offer(seam_cost_plan(bench.parameters()), "load");
    bench.stop();
    return observe_seam_cost(reported, load);
  }
};

}  // namespace

const Scenario& seam_cost_scenario() {
  static const SeamCostScenario scenario;
  return scenario;
}

}  // namespace gauntlet
