#include "runtimes/recovery/storage/mapped_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtimes/failpoint/failpoint.hpp"

namespace gauntlet::recovery {

MappedFile::~MappedFile() { unmap(); }

void MappedFile::unmap() {
  if (!mapped_.empty()) ::munmap(mapped_.data(), mapped_.size());
  mapped_ = {};
}

Result<void> MappedFile::map() {
  unmap();
  const Result<std::uint64_t> bytes = file_->size();
  if (!bytes) return std::unexpected(bytes.error());
  if (*bytes == 0) return {};
  void* const at = ::mmap(nullptr, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (at == MAP_FAILED) return errno_error(-errno);
  mapped_ = {static_cast<std::byte*>(at), *bytes};
  return {};
}

Result<std::size_t> MappedFile::write(std::span<const iovec> pieces, std::uint64_t offset) {
  if (const int error = failpoint(Failpoint::storage_write)) return errno_error(-error);
  if (mapped_.empty()) {
    if (Result<void> done = map(); !done) return std::unexpected(done.error());
  }
  std::size_t written = 0;
  for (const iovec& piece : pieces) {
    const std::size_t at = offset + written;
    if (at + piece.iov_len > mapped_.size()) return errno_error(-EFBIG);
    std::memcpy(mapped_.data() + at, piece.iov_base, piece.iov_len);
    written += piece.iov_len;
  }
  const bool clean = dirty_begin_ == dirty_end_;
  dirty_begin_ = clean ? offset : std::min<std::size_t>(dirty_begin_, offset);
  dirty_end_ = std::max<std::size_t>(clean ? 0 : dirty_end_, offset + written);
  return written;
}

Result<void> MappedFile::allocate(std::uint64_t bytes) {
  if (Result<void> allocated = file_->allocate(bytes); !allocated) return allocated;
  const Result<std::uint64_t> size = file_->size();
  if (!size) return std::unexpected(size.error());
  if (*size < bytes) return errno_error(-EOPNOTSUPP);
  return map();
}

Result<void> MappedFile::sync_data() {
  if (dirty_begin_ == dirty_end_) return {};
  if (const int error = failpoint(Failpoint::storage_sync)) return errno_error(-error);
  static const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = dirty_begin_ / page_bytes * page_bytes;
  const int failed = ::msync(mapped_.data() + begin, dirty_end_ - begin, MS_SYNC);
  dirty_begin_ = dirty_end_ = 0;
  if (failed != 0) return errno_error(-errno);
  return {};
}

}  // namespace gauntlet::recovery
