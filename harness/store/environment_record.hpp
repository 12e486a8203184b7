// What environment.json says about the machine and the build: facts in order of display.
#pragma once

#include <string>
#include <vector>

namespace gauntlet {

struct EnvironmentRecord {
  struct Fact {
    std::string name;
    std::string value;
    std::string warning;      ///< a sentence where the fact disturbs measuring
    bool identifies = false;  ///< results under another value of this fact are not to be compared
    bool operator==(const Fact&) const = default;
  };

  /// Over the facts that identify: equal for two machines and builds whose figures may stand side by side.
  std::string fingerprint;
  std::vector<Fact> facts;
  bool operator==(const EnvironmentRecord&) const = default;
};

/// Null when there is no such fact.
const EnvironmentRecord::Fact* find_fact(const EnvironmentRecord& environment, const std::string& name);

}  // namespace gauntlet
