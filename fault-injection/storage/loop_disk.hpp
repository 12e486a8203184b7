// A file system on a loop device that can be cut off from its disk, as power is.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

namespace gauntlet {

/// An ext4 of its own in an image file. Needs root with CAP_SYS_ADMIN, loop devices and mkfs.ext4. Making one moves the
/// calling thread into a mount namespace of its own for good, so nothing of this is seen elsewhere, and everything goes
/// when the process does. One thread at a time, but for cut().
class LoopDisk {
 public:
  /// The error says, in a sentence, what this machine lacks.
  static std::expected<std::unique_ptr<LoopDisk>, std::string> make(const std::filesystem::path& folder);
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;
  ~LoopDisk();

  /// Where it is mounted.
  const std::filesystem::path& path() const { return mount_point_; }

  /// Stops the file system without writing anything that is pending, its log included (EXT4_IOC_SHUTDOWN with
  /// NOLOGFLUSH). What is open fails with EIO from then on. Any thread.
  bool cut() const;
  /// Mounts anew what reached the disk. No file of it may be open. The error is one sentence.
  std::expected<void, std::string> power_up();
  /// The file system has found its own structures damaged, since it was made.
  bool has_found_errors() const;
  /// An empty file system in place of this one. The same conditions.
  std::expected<void, std::string> begin_anew();

 private:
  LoopDisk() = default;
  std::expected<void, std::string> attach(const std::filesystem::path& image);
  std::expected<void, std::string> mount();
  std::expected<void, std::string> unmount();

  std::filesystem::path mount_point_;
  std::string device_;
  int device_fd_ = -1;
  int root_fd_ = -1;
};

}  // namespace gauntlet
