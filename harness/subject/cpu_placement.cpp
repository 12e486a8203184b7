#include "harness/subject/cpu_placement.hpp"

#include <sched.h>

#include <cassert>
#include <utility>

namespace gauntlet {

CpuPlacement place(const std::vector<int>& allowed) {
  assert(!allowed.empty());
  if (allowed.size() == 1) return {.subject = allowed, .generator = allowed, .shared = true};
  return {.subject = {allowed.begin(), allowed.end() - 1}, .generator = {allowed.back()}};
}

CpuPlacement with_shared_cpus(CpuPlacement placement) {
  if (!placement.shared) {
    placement.subject.insert(placement.subject.end(), placement.generator.begin(), placement.generator.end());
  }
  placement.shared = true;
  return placement;
}

CpuPlacement without_generator(CpuPlacement placement) {
  return {.subject = with_shared_cpus(std::move(placement)).subject, .generator = {}, .shared = false};
}

CpuPlacement placement_here() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> allowed;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) allowed.push_back(cpu);
    }
  }
  if (allowed.empty()) allowed.push_back(0);
  return place(allowed);
}

}  // namespace gauntlet
