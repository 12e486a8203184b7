// "Did you mean": the known names closest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gauntlet {

/// The candidates closest to `name` by edit distance, best first; empty when none is near.
std::vector<std::string> near_matches(std::string_view name, std::span<const std::string> candidates);

}  // namespace gauntlet
