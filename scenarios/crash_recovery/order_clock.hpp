// The clock that orders, crashes and failpoints are timed by: the same in every process.
#pragma once

#include <chrono>
#include <cstdint>

namespace gauntlet {

inline std::int64_t order_clock_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace gauntlet
