// Contenders in groups that measurement can tell apart.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/info.hpp"

namespace gauntlet {

struct Ranked {
  std::string name;
  double median = 0;
};

/// Groups, best first; inside a group nobody is faster than another. `is_faster(x, y)`: x was measured to be faster
/// than y. Being told apart is not transitive: a group starts where the next by median differs from somebody in the
/// group so far.
std::vector<std::vector<std::string>> rank(
    std::vector<Ranked> contenders, Better better,
    const std::function<bool(const std::string&, const std::string&)>& is_faster);

}  // namespace gauntlet
