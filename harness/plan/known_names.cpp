#include "harness/plan/known_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {

std::string unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known) {
  const auto near = near_matches(name, known);
  if (!near.empty()) return fmt::format("unknown {} '{}'; did you mean {}?", kind, name, fmt::join(near, " or "));
  return fmt::format("unknown {} '{}'; known are: {}", kind, name,
                     known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
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
