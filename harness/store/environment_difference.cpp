#include "harness/store/environment_difference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace gauntlet {

std::string environment_difference(const EnvironmentRecord& first, const EnvironmentRecord& second,
                                   const SideNames& names, const CountsFact& counts) {
  const auto is_asked = [&counts](const auto& fact) { return fact.identifies && (!counts || counts(fact)); };
  std::vector<std::string> differing;
  for (const auto& fact : first.facts) {
    if (!is_asked(fact)) continue;
    const auto* other = find_fact(second, fact.name);
    if (other && other->value == fact.value) continue;
    differing.push_back(fmt::format("{} ({} {}, {} {})", fact.name, fact.value, names.first,
                                    other ? other->value : "unknown", names.second));
  }
  for (const auto& fact : second.facts) {
    if (!is_asked(fact) || find_fact(first, fact.name)) continue;
    differing.push_back(fmt::format("{} (unknown {}, {} {})", fact.name, names.first, fact.value, names.second));
  }
  return fmt::format("{}", fmt::join(differing, ", "));
}

bool identifies_machine_or_build_type(const EnvironmentRecord::Fact& fact) {
  return fact.name != "revision" && fact.name != "dirty";
}

}  // namespace gauntlet
