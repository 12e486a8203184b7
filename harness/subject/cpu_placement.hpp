// Which CPUs the subject gets, and which the generator.
#pragma once

#include <vector>

namespace gauntlet {

struct CpuPlacement {
  std::vector<int> subject;
  std::vector<int> generator;
  bool shared = false;  ///< there is but one CPU, so both have it
};

/// The last CPU is the generator's, the others are the subject's. `allowed` is not empty (asserted) and ascends.
CpuPlacement place(const std::vector<int>& allowed);
/// Over the CPUs that this process may use.
CpuPlacement placement_here();

}  // namespace gauntlet
