#include "harness/cli/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/measure/environment.hpp"
#include "runtimes/contract/near_matches.hpp"
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

EnvironmentRecord environment_here() {
  const Environment collected = collect_environment();
  EnvironmentRecord record{.fingerprint = collected.fingerprint, .facts = {}};
  for (const Fact& fact : collected.facts) {
    record.facts.push_back(
        {.name = fact.name, .value = fact.value, .warning = fact.warning, .identifies = fact.identifies});
  }
  return record;
}

std::filesystem::path suites_folder() { return std::filesystem::path(GAUNTLET_SOURCE_DIR) / "scenarios" / "suites"; }

std::string unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known) {
  const auto near = near_matches(name, known);
  if (!near.empty()) return fmt::format("unknown {} '{}'; did you mean {}?", kind, name, fmt::join(near, " or "));
  return fmt::format("unknown {} '{}'; known are: {}", kind, name, fmt::join(known, ", "));
}

std::expected<std::string, std::string> runtime_named(const Catalogue& catalogue, const std::string& name,
                                                      const std::vector<std::string>& also) {
  std::vector<std::string> known;
  for (const auto& runtime : catalogue.runtimes) {
    if (runtime.name == name || std::ranges::find(runtime.aliases, name) != runtime.aliases.end()) return runtime.name;
    known.push_back(runtime.name);
    known.insert(known.end(), runtime.aliases.begin(), runtime.aliases.end());
  }
  if (std::ranges::find(also, name) != also.end()) return name;
  known.insert(known.end(), also.begin(), also.end());
  return std::unexpected(unknown_name("runtime", name, known));
}

std::vector<std::string> scenario_names(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const ScenarioInfo& scenario : catalogue.scenarios) names.push_back(scenario.name);
  return names;
}

}  // namespace gauntlet
