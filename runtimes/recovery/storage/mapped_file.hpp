// A file that is written through memory, and synchronised with msync.
#pragma once

#include <memory>

#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

/// What is stored into the mapping may reach the disk at any time and in any order; it survives the process at once, a
/// loss of power from sync_data() on. Never longer than allocate() made it, or than it was when it was opened: storing
/// beyond the end of a file, or where a disk has no space, ends a process with SIGBUS. That is also what happens when
/// somebody else cuts the file meanwhile.
class MappedFile final : public StorageFile {
 public:
  /// `fd` belongs to `file`, which does all but writing.
  MappedFile(std::unique_ptr<StorageFile> file, int fd) : file_(std::move(file)), fd_(fd) {}
  ~MappedFile() override;

  Result<std::uint64_t> size() override { return file_->size(); }
  Result<std::size_t> read(std::span<std::byte> into, std::uint64_t offset) override {
    return file_->read(into, offset);
  }
  /// EFBIG beyond the end.
  Result<std::size_t> write(std::span<const iovec> pieces, std::uint64_t offset) override;
  /// EOPNOTSUPP where the file system cannot set space aside.
  Result<void> allocate(std::uint64_t bytes) override;
  Result<void> sync_data() override;

 private:
  Result<void> map();
  void unmap();

  const std::unique_ptr<StorageFile> file_;
  const int fd_;
  std::span<std::byte> mapped_;
  std::size_t dirty_begin_ = 0;  ///< what was stored since the last synchronisation
  std::size_t dirty_end_ = 0;
};

}  // namespace gauntlet::recovery
