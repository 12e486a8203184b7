#include "harness/stats/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace gauntlet {
namespace {

/// A ratio as a signed change: "+3.1 %".
std::string change(double ratio) {
  if (!std::isfinite(ratio)) return "without bound";
  return fmt::format("{:+.1f} %", (ratio - 1) * 100);
}

std::string range(const Interval& interval) {
  return fmt::format("interval {} to {}", change(interval.low), change(interval.high));
}

/// A factor above 1 as the size of an effect: "2.0 %".
std::string size(double factor) {
  if (!std::isfinite(factor)) return "any amount";
  return fmt::format("{:.1f} %", (factor - 1) * 100);
}

std::optional<Verdict> verdict_without_values(const SideState& a, const SideState& b) {
  for (const RunStatus skipped_or_not : {RunStatus::skipped, RunStatus::failed, RunStatus::invalid}) {
    for (const SideState* side : {&a, &b}) {
      if (side->status != skipped_or_not) continue;
      const bool skipped = skipped_or_not == RunStatus::skipped;
      return Verdict{skipped ? VerdictWord::skipped : VerdictWord::invalid, side->reason};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view word_of(VerdictWord word) {
  switch (word) {
    case VerdictWord::faster:
      return "faster";
    case VerdictWord::slower:
      return "slower";
    case VerdictWord::same:
      return "same";
    case VerdictWord::unstable:
      return "unstable";
    case VerdictWord::invalid:
      return "invalid";
    case VerdictWord::skipped:
      return "skipped";
  }
  assert(false && "every verdict has a word");
  return {};
}

std::optional<double> noise_factor(const PairedRatio& a_a) {
  if (!a_a.interval) return std::nullopt;
  return std::max({1.0, a_a.interval->high, 1 / a_a.interval->low});
}

Verdict judge_comparison(const PairedRatio& ratio, const PairedRatio& a_a, Better better, const SideState& a,
                         const SideState& b) {
  if (auto verdict = verdict_without_values(a, b)) return *verdict;
  if (ratio.pairs < kFewestForInterval) {
    return {VerdictWord::unstable,
            fmt::format("{} paired rounds; no word from fewer than {}", ratio.pairs, kFewestForInterval)};
  }
  if (!ratio.ratio || !ratio.interval) {
    return {VerdictWord::invalid, "the values have no ratio: some are negative, or they jump between zero and more"};
  }
  const auto noise = noise_factor(a_a);
  if (!noise) {
    return {VerdictWord::unstable, fmt::format("the noise floor is unknown: the A/A pair has {} of {} paired rounds",
                                               a_a.pairs, kFewestForInterval)};
  }
  const double threshold = std::max(*noise, 1 + kMinimumEffect);
  const double effect = std::max(*ratio.ratio, 1 / *ratio.ratio);
  const bool excludes_one = ratio.interval->low > 1 || ratio.interval->high < 1;
  if (excludes_one && effect > threshold) {
    const bool faster = (*ratio.ratio < 1) == (better == Better::lower);
    return {faster ? VerdictWord::faster : VerdictWord::slower,
            fmt::format("{} ({}), beyond the noise of {} and the minimum effect of {}", change(*ratio.ratio),
                        range(*ratio.interval), size(*noise), size(1 + kMinimumEffect))};
  }
  if (*noise > 1 + kUnstableNoise) {
    return {VerdictWord::unstable, fmt::format("one contender differs from itself by up to {}, so {} means nothing",
                                               size(*noise), change(*ratio.ratio))};
  }
  if (ratio.interval->low >= 1 / threshold && ratio.interval->high <= threshold) {
    return {VerdictWord::same, fmt::format("no difference above {} ({})", size(threshold), range(*ratio.interval))};
  }
  return {VerdictWord::unstable,
          fmt::format("{} ({}) is neither a change nor equality at a threshold of {}: more rounds",
                      change(*ratio.ratio), range(*ratio.interval), size(threshold))};
}

}  // namespace gauntlet
