#include "runtimes/recovery/storage/posix_storage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/recovery/storage/mapped_file.hpp"

namespace gauntlet::recovery {

namespace {

std::unexpected<std::error_code> last_error() { return errno_error(-errno); }

/// Only for calls that may be repeated: an interrupted synchronisation of data is a failed one.
template <typename Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

class PosixFile final : public StorageFile {
 public:
  explicit PosixFile(int fd) : fd_(fd) {}
  ~PosixFile() override { ::close(fd_); }

  Result<std::uint64_t> size() override {
    struct stat facts {};
    if (::fstat(fd_, &facts) != 0) return last_error();
    return static_cast<std::uint64_t>(facts.st_size);
  }
  Result<std::size_t> read(std::span<std::byte> into, std::uint64_t offset) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t count = uninterrupted([&] {
        return ::pread(fd_, into.data() + filled, into.size() - filled, static_cast<off_t>(offset + filled));
      });
      if (count < 0) return last_error();
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }
  Result<std::size_t> write(std::span<const iovec> pieces, std::uint64_t offset) override {
    if (const int error = failpoint(Failpoint::storage_write)) return errno_error(-error);
    const ssize_t count = uninterrupted(
        [&] { return ::pwritev(fd_, pieces.data(), static_cast<int>(pieces.size()), static_cast<off_t>(offset)); });
    if (count < 0) return last_error();
    if (count == 0) return errno_error(-ENOSPC);
    return static_cast<std::size_t>(count);
  }
  Result<void> allocate(std::uint64_t bytes) override {
    if (const int error = failpoint(Failpoint::storage_allocate)) return errno_error(-error);
    // Not posix_fallocate, which writes a byte to every block where the file system cannot do it.
    if (::fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) == 0 || errno == EOPNOTSUPP) return {};
    return last_error();
  }
  Result<void> sync_data() override {
    if (const int error = failpoint(Failpoint::storage_sync)) return errno_error(-error);
    if (::fdatasync(fd_) != 0) return last_error();
    return {};
  }

 private:
  const int fd_;
};

class PosixLock final : public StorageLock {
 public:
  explicit PosixLock(int fd) : fd_(fd) {}
  ~PosixLock() override { ::close(fd_); }

 private:
  const int fd_;
};

Result<void> sync_folder(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return last_error();
  const int failed = ::fsync(fd);
  const auto error = last_error();
  ::close(fd);
  if (failed != 0) return error;
  return {};
}

Result<void> make_folder(const std::filesystem::path& path) {
  if (std::error_code error; std::filesystem::is_directory(path, error)) return {};
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (parent != path) {
    if (Result<void> made = make_folder(parent); !made) return made;
  }
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return last_error();
  return sync_folder(parent);
}

int flags_of(OpenFor purpose) {
  switch (purpose) {
    case OpenFor::reading:
      return O_RDONLY;
    case OpenFor::writing:
      return O_RDWR;
    case OpenFor::creating:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

}  // namespace

Result<std::unique_ptr<PosixStorage>> PosixStorage::open_folder(const std::filesystem::path& path, Folder policy,
                                                                Access access) {
  if (policy == Folder::may_be_made) {
    if (Result<void> made = make_folder(path); !made) return std::unexpected(made.error());
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return last_error();
  return std::unique_ptr<PosixStorage>(new PosixStorage(path, fd, access));
}

PosixStorage::~PosixStorage() { ::close(directory_fd_); }

Result<std::vector<std::string>> PosixStorage::list() {
  DIR* const folder = ::opendir(path_.c_str());
  if (folder == nullptr) return last_error();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  ::closedir(folder);
  if (error != 0) return errno_error(-error);
  return names;
}

Result<std::unique_ptr<StorageFile>> PosixStorage::open(const std::string& name, OpenFor purpose) {
  if (const int error = failpoint(Failpoint::storage_open)) return errno_error(-error);
  const int fd =
      uninterrupted([&] { return ::openat(directory_fd_, name.c_str(), flags_of(purpose) | O_CLOEXEC, 0666); });
  if (fd < 0) return last_error();
  auto file = std::make_unique<PosixFile>(fd);
  if (access_ == Access::calls || purpose == OpenFor::reading) return file;
  return std::make_unique<MappedFile>(std::move(file), fd);
}

Result<void> PosixStorage::rename(const std::string& from, const std::string& to) {
  if (const int error = failpoint(Failpoint::storage_rename)) return errno_error(-error);
  if (::renameat(directory_fd_, from.c_str(), directory_fd_, to.c_str()) != 0) return last_error();
  return {};
}

Result<void> PosixStorage::remove(const std::string& name) {
  if (const int error = failpoint(Failpoint::storage_remove)) return errno_error(-error);
  if (::unlinkat(directory_fd_, name.c_str(), 0) != 0) return last_error();
  return {};
}

Result<void> PosixStorage::sync_directory() {
  if (const int error = failpoint(Failpoint::storage_sync_directory)) return errno_error(-error);
  if (::fsync(directory_fd_) != 0) return last_error();
  return {};
}

Result<std::unique_ptr<StorageLock>> PosixStorage::lock() {
  const int fd = uninterrupted([&] { return ::openat(directory_fd_, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666); });
  if (fd < 0) return last_error();
  auto lock = std::make_unique<PosixLock>(fd);
  if (uninterrupted([fd] { return ::flock(fd, LOCK_EX | LOCK_NB); }) != 0) return last_error();
  return lock;
}

}  // namespace gauntlet::recovery
