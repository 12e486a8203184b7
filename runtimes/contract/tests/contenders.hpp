// What tests that run on every runtime run on.
#pragma once

#include <string>
#include <vector>

#include "runtimes/contract/registry.hpp"

namespace gauntlet::fixtures {

/// Names of the runtimes that this program can make and that are no negative controls.
inline std::vector<std::string> contenders() {
  std::vector<std::string> names;
  for (const RuntimeEntry& entry : all_runtimes()) {
    if (entry.is_built_in && !entry.negative_control) names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace gauntlet::fixtures
