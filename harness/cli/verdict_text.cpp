#include "harness/cli/verdict_text.hpp"

#include <algorithm>

namespace gauntlet {

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
