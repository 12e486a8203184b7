// A workload, a loss of power at each of its moments, and the oracle over what is recovered.
#pragma once

#include <cstdint>
#include <string>

#include "fault-injection/storage/journal_workload.hpp"

namespace gauntlet {

struct EnumerationOptions {
  WorkloadOptions workload = {};
  std::uint64_t states_min = 1;  ///< over as many seeds as it takes
  std::uint64_t seed_step = 1;   ///< from the workload's seed on
  /// Of so many states one is opened as a server opens it, and all are read; 1: all are opened.
  std::uint64_t open_every = 1;
  /// Of so many that are opened, one loses power again behind each change that the recovery makes; 0: none does.
  std::uint64_t recrash_every = 0;
};

struct Enumerated {
  std::uint64_t states = 0;
  std::uint64_t moments = 0;       ///< of the workloads, at which power was lost
  std::uint64_t acknowledged = 0;  ///< records, by the journals of the workloads
  std::string breach;              ///< the first, which ends the enumeration; empty: none
};

/// Goes through the crash states behind each change of the disk.
Enumerated enumerate_crash_states(const EnumerationOptions& options);

/// The same for one workload that is yet to run, whose disk may fail.
void enumerate_crash_states_of(JournalWorkload& workload, const EnumerationOptions& options, Enumerated& found);

}  // namespace gauntlet
