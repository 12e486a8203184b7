#include "scenarios/cpu_usage/cpu_usage.hpp"

#include <chrono>

#include "scenarios/cpu_usage/cpu_usage_info.hpp"
#include "scenarios/load/plans.hpp"
#include "scenarios/load/references.hpp"
#include "scenarios/load/services.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

/// For the start, or what was just closed, to come to rest.
constexpr auto settling = 200ms;

void trace_system_calls(Bench& bench, CpuReadings& seen) {
  // A short load first: what is done once on the way is done then.
  for (const bool long_one : {false, true}) {
    auto traced = bench.offer_traced(traced_plan(bench.parameters(), long_one));
    if (!traced) {
      seen.why_not_traced = "system calls: " + traced.error();
      return;
    }
    (long_one ? seen.traced_long : seen.traced_short) = *traced;
  }
}

class CpuUsageScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return cpu_usage_info(); }

  Needs needs(const Parameters& parameters) const override {
    return {.descriptors = static_cast<std::uint64_t>(parameters.integer("idle_connections")) + descriptors_beside};
  }

  Task<int> serve(ServeContext& context) const override { return serve_protocol(context); }

  int serve_reference(std::string_view name, ReferenceContext& context) const override {
    return run_load_reference(name, context);
  }

  Observations drive(Bench& bench) const override {
    const Parameters& parameters = bench.parameters();
    CpuReadings seen;
    bench.start();
    bench.observe(settling);
    const double window_s = parameters.real("window_s");
    const std::chrono::duration<double> window(window_s);
    seen.idle_alone = bench.observe(std::chrono::duration_cast<std::chrono::nanoseconds>(window));
    seen.load = bench.offer(schedule_of(parameters), "load");
    // Before the many connections, whose ends would be traced along.
    if (!seen.load.subject.system_calls) trace_system_calls(bench, seen);
    const auto many = static_cast<std::uint32_t>(parameters.integer("idle_connections"));
    seen.idle_few = bench.offer(idle_plan(many / 10, window_s), "idle").subject;
    seen.idle_many = bench.offer(idle_plan(many, window_s), "idle").subject;
    bench.stop();
    return observe_cpu_usage(seen);
  }
};

}  // namespace

const Scenario& cpu_usage_scenario() {
  static const CpuUsageScenario scenario;
  return scenario;
}

}  // namespace gauntlet
