#include "harness/cli/catalogue.hpp"

#include "runtimes/contract/registry.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

Catalogue catalogue_here() {
  Catalogue catalogue;
  for (const Scenario* scenario : all_scenarios()) catalogue.scenarios.push_back(scenario->info());
  for (const RuntimeEntry& entry : all_runtimes()) {
    catalogue.runtimes.push_back({.name = std::string(entry.name),
                                  .aliases = {entry.aliases.begin(), entry.aliases.end()},
                                  .negative_control = entry.negative_control});
  }
  return catalogue;
}

EnvironmentRecord environment_here(const Fact& cpu_idle) {
  const Environment collected = collect_environment(machine_here(), cpu_idle);
  EnvironmentRecord record{.fingerprint = collected.fingerprint, .facts = {}};
  for (const Fact& fact : collected.facts) {
    record.facts.push_back(
        {.name = fact.name, .value = fact.value, .warning = warning_of(fact), .identifies = fact.identifies});
  }
  return record;
}

std::filesystem::path suites_folder() { return std::filesystem::path(GAUNTLET_SOURCE_DIR) / "scenarios" / "suites"; }

}  // namespace gauntlet
