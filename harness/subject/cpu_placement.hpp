// Which CPUs the subject gets, and which the generator.
#pragma once

#include <vector>

namespace gauntlet {

struct CpuPlacement {
  std::vector<int> subject;
  std::vector<int> generator;
  bool shared = false;  ///< the subject has the generator's CPUs too
};

/// The last CPU is the generator's, the others are the subject's. `allowed` is not empty (asserted) and ascends.
CpuPlacement place(const std::vector<int>& allowed);
/// The subject has all CPUs, the generator's too.
CpuPlacement with_shared_cpus(CpuPlacement placement);
/// For a scenario that offers no load: the subject has all CPUs, the generator's too.
CpuPlacement without_generator(CpuPlacement placement);
/// Over the CPUs that this process may use.
CpuPlacement placement_here();

}  // namespace gauntlet
