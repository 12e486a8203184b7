// Every way, or many ways, in which power may be lost at one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <random>

#include "fault-injection/storage/simulated_disk.hpp"

namespace gauntlet {

struct CrashStatesLimit {
  std::size_t all_subsets_up_to = 8;  ///< pending units; with more of them, the states below
  std::size_t random_subsets = 64;    ///< beside each prefix, each unit alone and each unit missing
};

/// Calls `examine` with what a loss of power now leaves of `disk`, for every subset of the pending units, or where
/// there are too many for: every prefix, every unit alone, every unit missing alone, and random subsets. Returns how
/// many states that were.
std::uint64_t for_each_crash_state(const SimulatedDisk& disk, const CrashStatesLimit& limit, std::mt19937_64& random,
                                   const std::function<void(SimulatedDisk)>& examine);

}  // namespace gauntlet
