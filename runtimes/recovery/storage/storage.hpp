// What a journal asks of the place that it is kept in: one folder of files, with the calls whose failures matter.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtimes/contract/error.hpp"

namespace gauntlet::recovery {

/// An open file. Errors are those of the system call; nothing is repeated inside, since a failed synchronisation must
/// not be. One thread at a time. Destroying closes, which synchronises nothing.
class StorageFile {
 public:
  virtual ~StorageFile() = default;
  StorageFile(const StorageFile&) = delete;
  StorageFile& operator=(const StorageFile&) = delete;

  virtual Result<std::uint64_t> size() = 0;
  /// Fewer bytes than asked for only where the file ends.
  virtual Result<std::size_t> read(std::span<std::byte> into, std::uint64_t offset) = 0;
  /// May write fewer bytes than asked for, but at least one.
  virtual Result<std::size_t> write(std::span<const iovec> pieces, std::uint64_t offset) = 0;
  /// Space for the first `bytes` of the file: a full disk shows here, and not at a later write.
  virtual Result<void> allocate(std::uint64_t bytes) = 0;
  /// What was written before survives a loss of power. After a failure nobody knows what does, and a second try may
  /// succeed without having written anything: never call it again.
  virtual Result<void> sync_data() = 0;

 protected:
  StorageFile() = default;
};

/// Held as long as it lives; no other process, and no other journal of this one, gets it meanwhile.
class StorageLock {
 public:
  virtual ~StorageLock() = default;
  StorageLock(const StorageLock&) = delete;
  StorageLock& operator=(const StorageLock&) = delete;

 protected:
  StorageLock() = default;
};

enum class OpenFor {
  reading,
  writing,  ///< an existing file
  creating  ///< EEXIST if there is one
};

/// One folder without subfolders. Names are plain file names.
class Storage {
 public:
  virtual ~Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  /// In no particular order.
  virtual Result<std::vector<std::string>> list() = 0;
  virtual Result<std::unique_ptr<StorageFile>> open(const std::string& name, OpenFor purpose) = 0;
  /// Replaces what is called `to`.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& name) = 0;
  /// Creations, renamings and removals before it survive a loss of power.
  virtual Result<void> sync_directory() = 0;
  /// EWOULDBLOCK: somebody else holds it.
  virtual Result<std::unique_ptr<StorageLock>> lock() = 0;
  /// Where a user finds it, for messages.
  virtual std::string location() const = 0;

 protected:
  Storage() = default;
};

/// All of the bytes, in as many calls as it takes.
Result<void> write_all(StorageFile& file, std::span<const std::byte> bytes, std::uint64_t offset);
/// The whole file.
Result<std::vector<std::byte>> read_all(StorageFile& file);

}  // namespace gauntlet::recovery
