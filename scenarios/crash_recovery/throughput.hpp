// How long a service takes to be as fast again as it was before a crash.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace gauntlet {

/// One server. Times are those of the monotonic clock, in nanoseconds.
struct ServerLife {
  std::int64_t crash_before_ns = 0;  ///< the end of the server before; of the first one: 0
  std::int64_t open_ns = 0;
  std::int64_t end_ns = 0;
};

/// Milliseconds from a crash until the first 20 ms in which as many answers came as `share` of the usual rate means,
/// median over the lives that got there; the usual rate is the median of those in the second halves of the lives. None
/// where no life was long enough to tell. `answers_ns` in any order.
std::optional<double> ms_back_to_throughput(std::vector<std::int64_t> answers_ns, const std::vector<ServerLife>& lives,
                                            double share);

}  // namespace gauntlet
