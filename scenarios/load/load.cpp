#include "scenarios/load/load.hpp"

#include "scenarios/load/load_info.hpp"
#include "scenarios/load/references.hpp"
#include "scenarios/load/services.hpp"

namespace gauntlet {

namespace {

class Load final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return load_info(); }

  Needs needs(const Parameters& parameters) const override {
    return {.tasks = static_cast<std::uint64_t>(parameters.integer("connections")) + tasks_beside};
  }

  Task<int> serve(ServeContext& context) const override { return serve_protocol(context); }

  int serve_reference(std::string_view name, ReferenceContext& context) const override {
    return run_load_reference(name, context);
  }

  Observations drive(Bench& bench) const override {
    const LoadPlan plan = load_plan(bench.parameters());
    bench.start();
    const LoadOutcome outcome = bench.offer(plan, "load");
    bench.stop();
    return observe_load(plan, outcome);
  }
};

}  // namespace

const Scenario& load_scenario() {
  static const Load scenario;
  return scenario;
}

}  // namespace gauntlet
