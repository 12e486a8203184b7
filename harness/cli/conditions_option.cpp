#include "harness/cli/conditions_option.hpp"

#include <CLI/CLI.hpp>

#include "harness/plan/run_conditions.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

std::vector<CLI::Option*> add_condition_options(CLI::App& command, ConditionOptions& options) {
  return {
      command.add_flag("--profile", options.profile,
                       "Samples where subjects spend their CPU time, by perf record: folded stacks, for flame graphs"),
      command
          .add_option(
              "--placement", options.placement,
              "shared: the subject has the generator's CPU too, and loads are compared by CPU per request (apart)")
          ->check(CLI::IsMember({"apart", "shared"}))};
}

void apply_conditions(const ConditionOptions& options, Plan& plan) {
  if (options.profile) mark_profiled(plan);
  if (options.placement != "shared") return;
  std::vector<std::string> with_load;
  for (const Scenario* scenario : all_scenarios()) {
    if (scenario->info().offers_load) with_load.push_back(scenario->info().name);
  }
  mark_shared(plan, with_load);
}

void apply_conditions(const Plan& plan, SubjectSetup& setup) {
  setup.profile = plan.profile;
  if (plan.shared_cpus) setup.placement = with_shared_cpus(std::move(setup.placement));
}

}  // namespace gauntlet
