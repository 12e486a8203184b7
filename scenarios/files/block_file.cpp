#include "scenarios/files/block_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

namespace gauntlet {

namespace {

using Words = std::array<std::uint64_t, file_block_bytes / sizeof(std::uint64_t)>;

/// The finaliser of splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

Words words_of(std::uint64_t number) noexcept {
  constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
  Words words;
  const std::uint64_t first = mixed(number + step);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = first + i * step;
  return words;
}

[[noreturn]] void fail(int error, const std::string& what, const std::filesystem::path& folder) {
  throw std::system_error(error, std::system_category(),
                          what + " in " + folder.string() + " (give another with -p folder=PATH)");
}

int open_nameless(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  // A file system without O_TMPFILE says EOPNOTSUPP, a kernel without it EISDIR.
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
  std::string pattern = (folder / "gauntlet-XXXXXX").string();
  const int named = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(pattern.c_str());
  return named;
}

}  // namespace

void fill_block(BlockSpan block, std::uint64_t number) noexcept {
  const Words words = words_of(number);
  std::memcpy(block.data(), words.data(), sizeof words);
}

bool holds_block(std::span<const std::byte, file_block_bytes> block, std::uint64_t number) noexcept {
  const Words words = words_of(number);
  return std::memcmp(block.data(), words.data(), sizeof words) == 0;
}

BlockFile::BlockFile(const std::filesystem::path& folder, std::uint64_t blocks)
    : folder_(folder), fd_(open_nameless(folder)) {
  if (fd_ < 0) fail(errno, "cannot make a file", folder_);
  try {
    write_blocks(blocks);
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

BlockFile::~BlockFile() { ::close(fd_); }

void BlockFile::write_blocks(std::uint64_t blocks) const {
  constexpr std::uint64_t blocks_per_write = 256;
  std::vector<std::byte> memory(blocks_per_write * file_block_bytes);
  for (std::uint64_t at = 0; at < blocks; at += blocks_per_write) {
    const std::uint64_t count = std::min(blocks_per_write, blocks - at);
    for (std::uint64_t i = 0; i < count; ++i) {
      fill_block(BlockSpan(memory.data() + i * file_block_bytes, file_block_bytes), at + i);
    }
    const std::size_t bytes = count * file_block_bytes;
    const ssize_t written = ::pwrite(fd_, memory.data(), bytes, static_cast<off_t>(at * file_block_bytes));
    if (written == static_cast<ssize_t>(bytes)) continue;
    fail(written < 0 ? errno : ENOSPC, "cannot write " + std::to_string(blocks * file_block_bytes) + " bytes", folder_);
  }
  // Or the kernel would write them back while something is measured.
  if (::fdatasync(fd_) < 0) fail(errno, "cannot sync a file", folder_);
}

std::string BlockFile::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

bool BlockFile::can_be_direct() const {
  // tmpfs takes O_DIRECT since Linux 6.6, and means nothing by it.
  struct statfs about {};
  if (::fstatfs(fd_, &about) == 0 && about.f_type == TMPFS_MAGIC) return false;
  const int direct = ::open(path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC);
  if (direct >= 0) ::close(direct);
  return direct >= 0;
}

std::uint64_t BlockFile::wrong_blocks(std::uint64_t blocks, std::uint64_t& first) const {
  std::uint64_t wrong = 0;
  const auto block = std::make_unique<FileBlock>();
  for (std::uint64_t number = 0; number < blocks; ++number) {
    const ssize_t got =
        ::pread(fd_, block->bytes.data(), file_block_bytes, static_cast<off_t>(number * file_block_bytes));
    if (got == static_cast<ssize_t>(file_block_bytes) && holds_block(block->bytes, number)) continue;
    if (wrong++ == 0) first = number;
  }
  return wrong;
}

std::filesystem::path folder_called(const std::string& name) {
  return name == "TMPDIR" ? std::filesystem::temp_directory_path() : std::filesystem::path(name);
}

}  // namespace gauntlet
