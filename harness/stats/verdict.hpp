// The word for a comparison, and the sentence that says why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/stats/paired_ratio.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

enum class VerdictWord { faster, slower, same, unstable, invalid, skipped };

std::string_view word_of(VerdictWord word);

/// What a verdict of `unstable` or `invalid` is to a caller: "not measured" by itself, or as good as either other end.
enum class OnUnstable { not_measured, pass, fail };

/// Effects below this are never called a change.
inline constexpr double kMinimumEffect = 0.02;
/// With a noise floor above this, and above the minimum effect, "same" would say nothing.
inline constexpr double kUnstableNoise = 0.10;

struct Verdict {
  VerdictWord word = VerdictWord::unstable;
  std::string reason;  ///< one sentence
};

/// What came of one side of a comparison, over all its rounds.
struct SideState {
  RunStatus status = RunStatus::ok;  ///< anything but ok: the side has no values at all
  std::string reason;
};

/// What a verdict is held against, where that is not the usual.
struct JudgingRules {
  double minimum_effect = kMinimumEffect;
  double alpha = 0.05;
  /// Of the test that belongs to the ratio, adjusted for all that is judged together: above alpha nothing is a change.
  /// Absent: the interval alone decides.
  std::optional<double> adjusted_p = std::nullopt;
  bool paired = true;  ///< for the wording: the ratio is one of unpaired rounds otherwise
};

/// The A/A pair's interval, as a factor above 1: two halves of one contender differ by up to this. Nothing when the
/// pair has no interval.
std::optional<double> noise_factor(const PairedRatio& a_a);

/// What is said of `a` (named so in the reason) against `b`, in this order:
///   a side that was skipped                                        -> skipped
///   a side that failed or was invalid in every round               -> invalid
///   fewer than six pairs, or no A/A interval to hold them against  -> unstable
///   the interval excludes 1, and the effect exceeds both the noise floor and the minimum effect,
///     and the p-value, if there is one, is at most alpha           -> faster or slower
///   the interval lies within the larger of the two, and the noise is not above kUnstableNoise and the
///     minimum effect                                               -> same
///   otherwise more rounds are needed                               -> unstable
Verdict judge_comparison(const PairedRatio& ratio, const PairedRatio& a_a, Better better, const SideState& a,
                         const SideState& b, const JudgingRules& rules = {});

/// A ratio as a signed change, for sentences: "+3.1 %".
std::string change_text(double ratio);

}  // namespace gauntlet
