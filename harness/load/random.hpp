// Pseudo-random numbers that are the same on every machine, compiler and library: schedules depend on them.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace gauntlet {

/// SplitMix64 (Steele, Lea, Flood). Spreads a seed of few bits over 64.
inline std::uint64_t split_mix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/// xoshiro256++ (Blackman, Vigna).
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Between 0 and 1: 53 bits, moved by half a step so that neither of the two occurs.
  double next_uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }

  /// Exponentially distributed, with mean 1: gaps between arrivals of a Poisson process of rate 1.
  double next_exponential() { return -std::log(next_uniform()); }

 private:
  std::uint64_t state_[4];
};

}  // namespace gauntlet
