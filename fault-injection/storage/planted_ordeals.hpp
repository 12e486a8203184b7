// What is done to a journal with a planted bug, so that an oracle may catch it.
#pragma once

#include <cstdint>
#include <string>

#include "fault-injection/storage/planted_bug.hpp"

namespace gauntlet {

/// The first breach that an oracle finds in a journal with that bug; empty: none. Goes through `states` crash states
/// at most, for each failing call. A fault that never came is a breach as well. Any ordeal but that of requests.
std::string breach_of(PlantedBug bug, Ordeal ordeal, std::uint64_t states);

}  // namespace gauntlet
