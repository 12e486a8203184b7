// What this machine and the runtime grant a run, held against what the run needs.
#pragma once

#include <cstdint>
#include <string>

#include "runtimes/contract/registry.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

struct Limits {
  std::uint64_t descriptors = 0;   ///< of one process, the soft limit
  std::uint64_t memory_bytes = 0;  ///< that can be had without pushing out others; 0: not known
  std::uint64_t tasks = 0;         ///< live ones of the runtime; 0: no bound of its own
};

/// For a run on that runtime; null: on none, a reference.
Limits limits_here(const RuntimeEntry* runtime = nullptr);

/// To the hard limit, as any process may, for this one and those that it starts from now on.
void raise_descriptor_limit();

/// Empty when it fits. Else one sentence: the limit, what is wanted, and what to do.
std::string why_too_large(const Needs& needs, const Limits& limits);

}  // namespace gauntlet
