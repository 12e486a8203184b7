// Whether two programs run the same instructions on the same data, whatever stands beside them in their files.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace gauntlet {

/// True when everything that is loaded to run is the same in both, bit by bit. Debug information and the build's
/// identification, which tell of folders and line numbers, are not loaded. Needs 64-bit ELF; the error names the file.
std::expected<bool, std::string> same_loaded_image(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace gauntlet
