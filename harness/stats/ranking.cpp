#include "harness/stats/ranking.hpp"

#include <algorithm>

namespace gauntlet {

std::vector<std::vector<std::string>> rank(
    std::vector<Ranked> contenders, Better better,
    const std::function<bool(const std::string&, const std::string&)>& is_faster) {
  std::ranges::sort(contenders, [better](const Ranked& x, const Ranked& y) {
    if (x.median == y.median) return x.name < y.name;
    return better == Better::lower ? x.median < y.median : x.median > y.median;
  });
  std::vector<std::vector<std::string>> groups;
  for (const Ranked& next : contenders) {
    const bool apart = groups.empty() || std::ranges::any_of(groups.back(), [&](const std::string& member) {
                         // Paired rounds may contradict unpaired medians, so both directions count.
                         return is_faster(member, next.name) || is_faster(next.name, member);
                       });
    if (apart) groups.emplace_back();
    groups.back().push_back(next.name);
  }
  return groups;
}

}  // namespace gauntlet
