// How this program was built, so that the base can be built alike.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace gauntlet {

/// The settings of a CMake cache that decide what a build measures: compiler, build type, flags, sanitizer, and what
/// builds it (generator, launcher).
std::map<std::string, std::string> build_settings(std::string_view cmake_cache);

/// Of the build directory that the programs stand in. The error says where it was looked for.
std::expected<std::map<std::string, std::string>, std::string> build_settings_of(const std::filesystem::path& folder);

}  // namespace gauntlet
