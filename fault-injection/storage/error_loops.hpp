// A workload whose calls of the storage fail, one after the other, until none is left that has not.
#pragma once

#include <cstdint>
#include <string>

namespace gauntlet {

struct ErrorLoopOptions {
  int steps = 60;  ///< of the workload
  bool from_then_on = false;
  int error = 5;               ///< EIO
  std::uint64_t stride = 1;    ///< 1: every call
  std::size_t large_from = 0;  ///< see WorkloadOptions
};

struct ErrorLoop {
  std::uint64_t failed = 0;  ///< calls that were made to fail, or pairs of them
  std::string breach;        ///< the first, which ends it; empty: none
};

/// The Nth call of a workload fails, for each N until a run passes without. Behind each failure the disk may lose
/// everything that is pending, or nothing.
ErrorLoop fail_every_call(const ErrorLoopOptions& options);

/// Behind each of those failures, and a loss of power, each call of the recovery fails as well, once and from then on;
/// then power is lost again.
ErrorLoop fail_every_call_of_recovery(const ErrorLoopOptions& options);

}  // namespace gauntlet
