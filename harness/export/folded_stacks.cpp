#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>

#include "harness/export/writers.hpp"

namespace gauntlet {

std::string folded_stacks(std::span<const ProfiledRun> runs) {
  std::map<std::string, std::uint64_t> stacks;
  for (const ProfiledRun& run : runs) {
    for (std::string_view left = run.folded; !left.empty();) {
      const std::string_view line = left.substr(0, left.find('\n'));
      left.remove_prefix(std::min(line.size() + 1, left.size()));
      const std::size_t space = line.rfind(' ');
      if (space == std::string_view::npos) continue;
      std::uint64_t count = 0;
      std::from_chars(line.data() + space + 1, line.data() + line.size(), count);
      stacks[fmt::format("{};{};{}", run.cell, run.runtime, line.substr(0, space))] += count;
    }
  }
  std::string text;
  for (const auto& [stack, count] : stacks) text += fmt::format("{} {}\n", stack, count);
  return text;
}

}  // namespace gauntlet
