#include "fault-injection/storage/loop_disk.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace gauntlet {

namespace {

// Of linux/ext4.h, which Debian 12 does not have yet; the number is XFS_IOC_GOINGDOWN's.
constexpr unsigned long shutdown_request = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t without_log_flush = 2;
constexpr off_t image_bytes = 32 * 1024 * 1024;

std::unexpected<std::string> lacking(const std::string& what, int error) {
  return std::unexpected(what + ": " + std::strerror(error));
}

/// Its exit code, or -1.
int run_program(const char* const* arguments) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, 1);
    ::dup2(nothing, 2);
    ::execvp(arguments[0], const_cast<char* const*>(arguments));
    ::_exit(127);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0 || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

std::expected<void, std::string> make_file_system(const char* where) {
  const char* const make[] = {"mkfs.ext4", "-q", "-F", where, nullptr};
  if (run_program(make) != 0) return std::unexpected("mkfs.ext4 cannot be run; install e2fsprogs");
  return {};
}

std::expected<void, std::string> make_image(const std::filesystem::path& image) {
  const int fd = ::open(image.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, image_bytes) != 0) return lacking("no image can be made", errno);
  ::close(fd);
  return make_file_system(image.c_str());
}

}  // namespace

std::expected<std::unique_ptr<LoopDisk>, std::string> LoopDisk::make(const std::filesystem::path& folder) {
  if (::geteuid() != 0) return std::unexpected("loop devices need root");
  if (::unshare(CLONE_NEWNS) != 0) return lacking("no mount namespace can be had (CAP_SYS_ADMIN)", errno);
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return lacking("mounts stay shared", errno);
  if (auto made = make_image(folder / "image"); !made) return std::unexpected(made.error());
  std::unique_ptr<LoopDisk> disk(new LoopDisk);
  disk->mount_point_ = folder / "mounted";
  ::mkdir(disk->mount_point_.c_str(), 0700);
  if (auto attached = disk->attach(folder / "image"); !attached) return std::unexpected(attached.error());
  if (auto mounted = disk->mount(); !mounted) return std::unexpected(mounted.error());
  return disk;
}

LoopDisk::~LoopDisk() {
  if (root_fd_ >= 0) ::close(root_fd_);
  ::umount2(mount_point_.c_str(), MNT_DETACH);
  if (device_fd_ >= 0) ::close(device_fd_);
}

std::expected<void, std::string> LoopDisk::attach(const std::filesystem::path& image) {
  const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return lacking("/dev/loop-control cannot be opened", errno);
  const int backing = ::open(image.c_str(), O_RDWR | O_CLOEXEC);
  // Another process may take the free one first.
  for (int tries = 0; tries < 20 && device_fd_ < 0; ++tries) {
    const int number = ::ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) break;
    device_ = "/dev/loop" + std::to_string(number);
    // A container's /dev has no more than was there when it began.
    constexpr unsigned loop_major = 7;
    ::mknod(device_.c_str(), S_IFBLK | 0600, makedev(loop_major, static_cast<unsigned>(number)));
    const int fd = ::open(device_.c_str(), O_RDWR | O_CLOEXEC);
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(backing);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (fd >= 0 && ::ioctl(fd, LOOP_CONFIGURE, &config) == 0) {
      device_fd_ = fd;
    } else if (fd >= 0) {
      ::close(fd);
    }
  }
  const int error = errno;
  ::close(backing);
  ::close(control);
  if (device_fd_ < 0) return lacking("no loop device can be had", error);
  return {};
}

std::expected<void, std::string> LoopDisk::mount() {
  if (::mount(device_.c_str(), mount_point_.c_str(), "ext4", MS_NOATIME, nullptr) != 0) {
    return lacking("the image cannot be mounted", errno);
  }
  root_fd_ = ::open(mount_point_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root_fd_ < 0) return lacking("what was mounted cannot be opened", errno);
  return {};
}

bool LoopDisk::cut() const {
  std::uint32_t how = without_log_flush;
  return ::ioctl(root_fd_, shutdown_request, &how) == 0;
}

std::expected<void, std::string> LoopDisk::power_up() {
  if (auto unmounted = unmount(); !unmounted) return unmounted;
  return mount();
}

bool LoopDisk::has_found_errors() const {
  std::ifstream count("/sys/fs/ext4/" + std::filesystem::path(device_).filename().string() + "/errors_count");
  unsigned errors = 0;
  return count >> errors && errors > 0;
}

std::expected<void, std::string> LoopDisk::begin_anew() {
  if (auto unmounted = unmount(); !unmounted) return unmounted;
  if (auto made = make_file_system(device_.c_str()); !made) return made;
  return mount();
}

std::expected<void, std::string> LoopDisk::unmount() {
  ::close(std::exchange(root_fd_, -1));
  if (::umount(mount_point_.c_str()) != 0) return lacking("the image cannot be unmounted", errno);
  return {};
}

}  // namespace gauntlet
