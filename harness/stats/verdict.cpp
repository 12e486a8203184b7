#include "harness/stats/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace gauntlet {
namespace {

std::string range(const Interval& interval) {
  return fmt::format("interval {} to {}", change_text(interval.low), change_text(interval.high));
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

/// What there is when both sides have been measured often enough.
struct Measured {
  double ratio;
  Interval interval;
  double noise;
};

Verdict judge_measured(const Measured& seen, Better better, const JudgingRules& rules) {
  const double threshold = std::max(seen.noise, 1 + rules.minimum_effect);
  const double effect = std::max(seen.ratio, 1 / seen.ratio);
  const bool excludes_one = seen.interval.low > 1 || seen.interval.high < 1;
  const bool sure = !rules.adjusted_p || *rules.adjusted_p <= rules.alpha;
  const std::string shown = fmt::format("{} ({})", change_text(seen.ratio), range(seen.interval));
  if (excludes_one && effect > threshold && sure) {
    const bool faster = (seen.ratio < 1) == (better == Better::lower);
    return {faster ? VerdictWord::faster : VerdictWord::slower,
            fmt::format("{}, beyond the noise of {} and the minimum effect of {}", shown, size(seen.noise),
                        size(1 + rules.minimum_effect))};
  }
  if (seen.noise > 1 + std::max(kUnstableNoise, rules.minimum_effect)) {
    return {VerdictWord::unstable, fmt::format("one contender differs from itself by up to {}, so {} means nothing",
                                               size(seen.noise), change_text(seen.ratio))};
  }
  if (seen.interval.low >= 1 / threshold && seen.interval.high <= threshold) {
    return {VerdictWord::same, fmt::format("no difference above {} ({})", size(threshold), range(seen.interval))};
  }
  if (excludes_one && effect > threshold) {
    return {VerdictWord::unstable, fmt::format("{} is not sure enough beside all else that is judged here (p {:.2g} "
                                               "after Holm's correction): more rounds",
                                               shown, *rules.adjusted_p)};
  }
  return {VerdictWord::unstable,
          fmt::format("{} is neither a change nor equality at a threshold of {}: more rounds", shown, size(threshold))};
}

}  // namespace

std::string change_text(double ratio) {
  if (!std::isfinite(ratio)) return "without bound";
  return fmt::format("{:+.1f} %", (ratio - 1) * 100);
}

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
                         const SideState& b, const JudgingRules& rules) {
  if (auto verdict = verdict_without_values(a, b)) return *verdict;
  const char* rounds = rules.paired ? "paired rounds" : "rounds";
  if (ratio.pairs < kFewestForInterval) {
    return {VerdictWord::unstable,
            fmt::format("{} {}; no word from fewer than {}", ratio.pairs, rounds, kFewestForInterval)};
  }
  if (!ratio.ratio || !ratio.interval) {
    return {VerdictWord::invalid, "the values have no ratio: some are negative, or they jump between zero and more"};
  }
  const auto noise = noise_factor(a_a);
  if (!noise) {
    return {VerdictWord::unstable, fmt::format("the noise floor is unknown: the A/A pair has {} of {} {}", a_a.pairs,
                                               kFewestForInterval, rounds)};
  }
  return judge_measured({*ratio.ratio, *ratio.interval, *noise}, better, rules);
}

}  // namespace gauntlet
