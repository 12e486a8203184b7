// A file of blocks whose content can be told to be right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace gauntlet {

inline constexpr std::size_t file_block_bytes = 4096;
using BlockSpan = std::span<std::byte, file_block_bytes>;

/// Aligned as O_DIRECT wants it.
struct alignas(file_block_bytes) FileBlock {
  std::array<std::byte, file_block_bytes> bytes;
};

/// Every word of a block follows from its number: another block, an old one, a half of one or zeros all show.
void fill_block(BlockSpan block, std::uint64_t number) noexcept;
bool holds_block(std::span<const std::byte, file_block_bytes> block, std::uint64_t number) noexcept;

/// A file without a name, so that nothing is left of it when its process is killed. Bytes that it is given are on the
/// disk when they were given. Throws std::system_error that names the folder.
class BlockFile {
 public:
  /// `blocks` of them are written, and cached if the file system caches.
  BlockFile(const std::filesystem::path& folder, std::uint64_t blocks);
  ~BlockFile();
  BlockFile(const BlockFile&) = delete;
  BlockFile& operator=(const BlockFile&) = delete;

  /// Opens the same file once more, within this process.
  std::string path() const;
  /// There is a disk behind the cache, and a way past it.
  bool can_be_direct() const;
  /// Of the first `blocks`, those that do not hold what they must. `first` is the number of the first of them.
  std::uint64_t wrong_blocks(std::uint64_t blocks, std::uint64_t& first) const;

 private:
  void write_blocks(std::uint64_t blocks) const;

  std::filesystem::path folder_;
  int fd_;
};

/// What the parameter `folder` names: "TMPDIR" is where temporary files belong.
std::filesystem::path folder_called(const std::string& name);

}  // namespace gauntlet
