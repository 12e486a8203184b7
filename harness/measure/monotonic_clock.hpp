// The clock that all measuring uses.
#pragma once

#include <cstdint>
#include <ctime>

namespace gauntlet {

inline std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Nanoseconds of CLOCK_MONOTONIC, comparable between the processes of one machine.
inline std::int64_t monotonic_ns() { return clock_ns(CLOCK_MONOTONIC); }

}  // namespace gauntlet
