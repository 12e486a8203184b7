// When each request of an open loop is due. Known before the run, and independent of what the subject does.
#pragma once

#include <cstdint>

#include "harness/load/random.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

/// An endless, rising series of nanoseconds from its start. Equal arguments give equal series.
class Schedule {
 public:
  /// Of the one series that (arrival, rate_rps, seed) stand for, this deals every `stride`-th time, beginning with
  /// number `first`: generator threads share one schedule without talking to each other.
  Schedule(Arrival arrival, double rate_rps, std::uint64_t seed, std::uint32_t first = 0, std::uint32_t stride = 1);

  /// The next time that is due, in nanoseconds from the start.
  std::int64_t next();

 private:
  double next_of_all();

  Arrival arrival_;
  double mean_gap_ns_;
  Random random_;
  double last_ns_ = 0;
  std::uint64_t count_ = 0;
  std::uint32_t skip_;
  std::uint32_t stride_;
};

}  // namespace gauntlet
