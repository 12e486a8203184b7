#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

Result<void> write_all(StorageFile& file, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()};
    const Result<std::size_t> written = file.write({&piece, 1}, offset);
    if (!written) return std::unexpected(written.error());
    bytes = bytes.subspan(*written);
    offset += *written;
  }
  return {};
}

Result<std::vector<std::byte>> read_all(StorageFile& file) {
  const Result<std::uint64_t> size = file.size();
  if (!size) return std::unexpected(size.error());
  std::vector<std::byte> bytes(*size);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const Result<std::size_t> count = file.read(std::span(bytes).subspan(filled), filled);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    filled += *count;
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace gauntlet::recovery
