#include "harness/store/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace gauntlet {
namespace {

std::unexpected<std::string> cannot(const char* what, const std::filesystem::path& path) {
  return std::unexpected(std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(errno));
}

/// The name of a new file is durable only when its folder is synced, too.
std::expected<void, std::string> sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return cannot("open", folder);
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  errno = error;
  if (result != 0) return cannot("sync", folder);
  return {};
}

std::expected<void, std::string> replace(const std::filesystem::path& path, std::string_view text, bool synced) {
  std::filesystem::path beside = path;
  beside += ".partial";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return cannot("create", beside);
  const bool written = write_all(fd, text) && (!synced || ::fsync(fd) == 0);
  const int error = errno;
  ::close(fd);
  errno = error;
  if (!written) return cannot("write", beside);
  if (::rename(beside.c_str(), path.c_str()) != 0) return cannot("rename to", path);
  if (!synced) return {};
  return sync_folder(path.parent_path().empty() ? "." : path.parent_path());
}

}  // namespace

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::expected<void, std::string> replace_file(const std::filesystem::path& path, std::string_view text) {
  return replace(path, text, false);
}

std::expected<void, std::string> replace_file_synced(const std::filesystem::path& path, std::string_view text) {
  return replace(path, text, true);
}

std::expected<std::string, std::string> read_file(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return cannot("open", path);
  std::ostringstream text;
  text << stream.rdbuf();
  // Inserting nothing at all sets failbit, so only an empty file may end that way.
  if (stream.bad()) return cannot("read", path);
  return std::move(text).str();
}

}  // namespace gauntlet
