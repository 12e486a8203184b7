// Files that survive a kill: whole or not at all.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace gauntlet {

/// Replaces `path` in one step, written beside it and renamed: a kill leaves the old text or the new one. The error
/// names the file.
std::expected<void, std::string> replace_file(const std::filesystem::path& path, std::string_view text);
/// The same, and on the disk when it returns, name and all: not even a power cut takes it back.
std::expected<void, std::string> replace_file_synced(const std::filesystem::path& path, std::string_view text);

std::expected<std::string, std::string> read_file(const std::filesystem::path& path);

/// Writes all of `text` at the descriptor's position; false with errno set when that failed.
bool write_all(int fd, std::string_view text);

}  // namespace gauntlet
