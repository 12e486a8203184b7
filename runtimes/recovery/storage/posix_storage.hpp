// A folder of the file system.
#pragma once

#include <filesystem>

#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

enum class Folder {
  must_exist,
  may_be_made  ///< with those above it; each is synchronised into its parent
};

/// How files are written: with calls, or through memory (MappedFile).
enum class Access { calls, mapped };

class PosixStorage final : public Storage {
 public:
  static Result<std::unique_ptr<PosixStorage>> open_folder(const std::filesystem::path& path, Folder policy,
                                                           Access access = Access::calls);
  ~PosixStorage() override;

  Result<std::vector<std::string>> list() override;
  Result<std::unique_ptr<StorageFile>> open(const std::string& name, OpenFor purpose) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& name) override;
  Result<void> sync_directory() override;
  /// flock on the folder's file `lock`: the kernel lets go of it when the process ends, in whatever way.
  Result<std::unique_ptr<StorageLock>> lock() override;
  std::string location() const override { return path_.string(); }

 private:
  PosixStorage(std::filesystem::path path, int directory_fd, Access access)
      : path_(std::move(path)), directory_fd_(directory_fd), access_(access) {}

  const std::filesystem::path path_;
  const int directory_fd_;
  const Access access_;
};

}  // namespace gauntlet::recovery
