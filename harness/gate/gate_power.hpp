// How often would a gate find what was planted, told from rounds that were recorded once?
#pragma once

#include <array>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/gate/counts_baseline.hpp"
#include "harness/gate/gate_judge.hpp"
#include "harness/gate/recorded_rounds.hpp"
#include "harness/stats/resampled_shares.hpp"

namespace gauntlet {

/// How a gate ends, the first that holds: something is slower, something faster, something unstable, invalid or
/// skipped, nothing of these.
enum class GateEnding : std::size_t { slower, faster, undecided, same };
inline constexpr std::size_t kGateEndings = 4;

/// `metric` empty: whatever is gated.
GateEnding ending_of(std::span<const GateVerdict> verdicts, const std::string& metric);

using EndingShares = std::array<ResampledShare, kGateEndings>;

struct PowerPoint {
  int rounds = 0;
  EndingShares shares;
};

struct GatePower {
  std::size_t recorded = 0;          ///< rounds
  std::vector<GateVerdict> effects;  ///< over all that was recorded, as if it were one gate; its words mean little
  std::vector<PowerPoint> curve;     ///< gates of exactly so many rounds
  std::optional<EndingShares> as_configured;  ///< gates that end as the plan says
  double median_rounds = 0, median_s = 0;     ///< of these
};

struct PowerQuestion {
  std::vector<int> rounds;  ///< of the points of the curve; above zero each
  std::string metric;       ///< empty: whatever is gated
  ShareOptions options = {};
  ShareOptions options_as_configured = {};  ///< a gate that is stopped by its rule is judged after each round
  bool as_configured = true;
};

/// Each of `groups` was recorded under circumstances of its own, and a gate is made of the rounds of one of them. What
/// the plan has and no group holds is left out; the error tells that nothing is left, or that the groups do not come
/// from one machine. `baseline` may be null where no counts were recorded.
std::expected<GatePower, std::string> power_of(GatePlan plan, std::span<const RecordedRounds> groups,
                                               const CountsBaseline* baseline, const PowerQuestion& question);

}  // namespace gauntlet
