// All that is done to a journal's disk, in numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace gauntlet {

struct OrdealSizes {
  std::uint64_t states = 1;      ///< crash states, at least
  std::uint64_t open_every = 1;  ///< of so many states one is opened as a server does it; all are read
  unsigned threads = 1;
  std::uint64_t loop_cycles = 0;  ///< losses of power of a file system on a loop device
  std::uint64_t seed = 1;
  int error_steps = 20;  ///< of the workload whose calls fail
};

/// Metrics of the scenario by name. Blocks. Breaches, and what this machine lacks, go to standard error in a sentence
/// each.
std::map<std::string, double> go_through_ordeals(const OrdealSizes& sizes);

}  // namespace gauntlet
