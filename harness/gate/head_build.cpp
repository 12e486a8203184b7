#include "harness/gate/head_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/store/durable_file.hpp"

namespace gauntlet {
namespace {

constexpr std::array kSettings = {"CMAKE_BUILD_TYPE",  "CMAKE_CXX_COMPILER",     "CMAKE_CXX_COMPILER_LAUNCHER",
                                  "CMAKE_CXX_FLAGS",   "CMAKE_EXE_LINKER_FLAGS", "CMAKE_GENERATOR",
                                  "GAUNTLET_SANITIZER"};

}  // namespace

std::map<std::string, std::string> build_settings(std::string_view cmake_cache) {
  std::map<std::string, std::string> settings;
  while (!cmake_cache.empty()) {
    const std::string_view line = cmake_cache.substr(0, cmake_cache.find('\n'));
    cmake_cache.remove_prefix(std::min(cmake_cache.size(), line.size() + 1));
    // NAME:TYPE=VALUE
    const auto colon = line.find(':'), equals = line.find('=');
    if (colon == std::string_view::npos || equals == std::string_view::npos || equals < colon) continue;
    const std::string name(line.substr(0, colon));
    if (std::ranges::find(kSettings, name) != kSettings.end()) settings[name] = line.substr(equals + 1);
  }
  return settings;
}

std::expected<std::map<std::string, std::string>, std::string> build_settings_of(const std::filesystem::path& folder) {
  const auto cache = read_file(folder / "CMakeCache.txt");
  if (cache) return build_settings(*cache);
  return std::unexpected(fmt::format(
      "{}: this program does not stand in its build directory, so that the base cannot be built alike; name "
      "a build of the base with --base-build",
      cache.error()));
}

}  // namespace gauntlet
