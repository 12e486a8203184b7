#include "harness/load/schedule.hpp"

#include <cassert>

namespace gauntlet {

Schedule::Schedule(Arrival arrival, double rate_rps, std::uint64_t seed, std::uint32_t first, std::uint32_t stride)
    : arrival_(arrival), mean_gap_ns_(1e9 / rate_rps), random_(seed), skip_(first), stride_(stride) {
  assert(rate_rps > 0 && first < stride);
}

std::int64_t Schedule::next() {
  for (; skip_ > 0; --skip_) next_of_all();
  skip_ = stride_ - 1;
  return static_cast<std::int64_t>(next_of_all());
}

double Schedule::next_of_all() {
  if (arrival_ == Arrival::poisson) return last_ns_ += mean_gap_ns_ * random_.next_exponential();
  // A product and not a sum, which would drift by its rounding.
  return static_cast<double>(count_++) * mean_gap_ns_;
}

}  // namespace gauntlet
