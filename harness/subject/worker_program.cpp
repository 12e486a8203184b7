#include "harness/subject/worker_program.hpp"

#include <algorithm>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::string worker_program_of(const std::string& runtime, const ScenarioInfo& scenario) {
  if (const RuntimeEntry* entry = find_runtime(runtime)) return std::string(entry->worker_program);
  const auto reference = std::ranges::find(scenario.references, runtime, &ReferenceInfo::name);
  return reference != scenario.references.end() ? reference->worker_program : std::string(common_worker_program);
}

}  // namespace gauntlet
