// What a call through the contract costs beyond the same call of the same loop.
#pragma once

#include <chrono>
#include <cstdint>

namespace gauntlet {

/// Nanoseconds for one job or operation, its completion included.
struct SeamPrice {
  double schedule_direct_ns = 0, schedule_through_seam_ns = 0;
  double submit_direct_ns = 0, submit_through_seam_ns = 0;
  std::uint64_t wrong = 0;  ///< jobs that did not run as often as they must
};

/// On the calling thread. Both ways take turns, so that whatever disturbs one disturbs the other. `budget`: in all.
SeamPrice measure_seam(std::chrono::nanoseconds budget);

}  // namespace gauntlet
