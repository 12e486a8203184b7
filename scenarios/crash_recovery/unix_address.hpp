// The address of a Unix socket in the file system.
#pragma once

#include <sys/un.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

namespace gauntlet {

/// None: the path is too long for one.
inline std::optional<sockaddr_un> unix_address(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof address.sun_path) return std::nullopt;
  std::ranges::copy(text, address.sun_path);
  return address;
}

}  // namespace gauntlet
