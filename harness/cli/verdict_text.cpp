#include "harness/cli/verdict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gauntlet {

std::string figure_text(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  return std::abs(*value) >= 1000 ? fmt::format("{:.0f}", *value) : fmt::format("{:.3g}", *value);
}

ExitCode exit_code_of(std::span<const VerdictWord> words, OnUnstable on_unstable) {
  const auto any = [words](VerdictWord word) { return std::ranges::find(words, word) != words.end(); };
  if (any(VerdictWord::slower)) return kMustBroken;
  const bool unsure = any(VerdictWord::unstable) || any(VerdictWord::invalid);
  if (unsure && on_unstable == OnUnstable::fail) return kMustBroken;
  if (unsure && on_unstable == OnUnstable::not_measured) return kNotMeasured;
  const bool all_skipped = std::ranges::all_of(words, [](VerdictWord word) { return word == VerdictWord::skipped; });
  return all_skipped ? kNotMeasured : kEveryMustHeld;
}

}  // namespace gauntlet
