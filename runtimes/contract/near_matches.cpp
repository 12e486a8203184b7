#include "runtimes/contract/near_matches.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace gauntlet {
namespace {

constexpr std::size_t kMostShown = 3;
constexpr std::size_t kShortestFragment = 3;

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, substituted});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> near_matches(std::string_view name, std::span<const std::string> candidates) {
  const std::string asked = lower_case(name);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& candidate : candidates) {
    const std::string known = lower_case(candidate);
    const std::size_t distance = edit_distance(asked, known);
    // A third of the letters wrong is a typo; more is another word, unless a name was cut short ("uring").
    const bool typo = distance <= std::max<std::size_t>(1, std::min(asked.size(), known.size()) / 3);
    const bool fragment = asked.size() >= kShortestFragment && known.find(asked) != std::string::npos;
    if (!asked.empty() && distance < known.size() && (typo || fragment)) near.emplace_back(distance, candidate);
  }
  std::ranges::sort(near);
  std::vector<std::string> best;
  for (std::size_t i = 0; i < std::min(kMostShown, near.size()); ++i) best.push_back(near[i].second);
  return best;
}

}  // namespace gauntlet
