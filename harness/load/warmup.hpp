// When a subject that has just been put under load has settled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace gauntlet {

/// Fed with the answers of one interval after another. Judges the last few intervals only.
class WarmupDetector {
 public:
  static constexpr std::size_t kIntervals = 6;

  /// Closed loop: no `offered_per_interval`; steady is a flat slope. Open loop: steady is delivering what is offered.
  explicit WarmupDetector(std::optional<double> offered_per_interval) : offered_(offered_per_interval) {}

  void add(std::uint64_t completed);
  bool is_steady() const;

 private:
  bool is_flat() const;
  bool follows_the_offer() const;

  std::optional<double> offered_;
  std::array<double, kIntervals> completed_{};
  std::size_t count_ = 0;
};

}  // namespace gauntlet
