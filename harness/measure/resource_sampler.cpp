#include "harness/measure/resource_sampler.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

using Buffer = std::array<char, 4096>;

std::string_view read_again(int fd, Buffer& buffer) {
  const ssize_t size = pread(fd, buffer.data(), buffer.size(), 0);
  return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// Resident pages are the second number of /proc/PID/statm.
std::uint64_t resident_pages(std::string_view statm) {
  std::uint64_t pages = 0;
  const std::size_t at = statm.find(' ');
  if (at != std::string_view::npos) std::from_chars(statm.data() + at + 1, statm.data() + statm.size(), pages);
  return pages;
}

}  // namespace

ResourceSampler::ResourceSampler(pid_t pid)
    : pid_(pid),
      tasks_(fmt::format("/proc/{}/task", pid)),
      page_bytes_(static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))),
      statm_fd_(open(fmt::format("/proc/{}/statm", pid).c_str(), O_RDONLY | O_CLOEXEC)) {
  list_threads();
}

ResourceSampler::~ResourceSampler() {
  if (statm_fd_ >= 0) close(statm_fd_);
  for (const Thread& thread : threads_) close(thread.status_fd);
}

void ResourceSampler::list_threads() {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(tasks_.c_str()), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    pid_t id = 0;
    const bool is_thread = std::from_chars(name.data(), name.data() + name.size(), id).ec == std::errc();
    if (!is_thread || threads_.size() >= kMostThreads) continue;
    if (std::ranges::find(threads_, id, &Thread::id) != threads_.end()) continue;
    const int fd = open(fmt::format("{}/{}/status", tasks_, id).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) threads_.push_back({.id = id, .status_fd = fd});
  }
}

bool ResourceSampler::add_switches(Thread& thread) {
  Buffer buffer;
  const std::string_view status = read_again(thread.status_fd, buffer);
  if (status.empty()) return false;
  const std::uint64_t voluntary = number_after(status, "voluntary_ctxt_switches").value_or(thread.voluntary);
  const std::uint64_t involuntary = number_after(status, "nonvoluntary_ctxt_switches").value_or(thread.involuntary);
  voluntary_ += voluntary - thread.voluntary;
  involuntary_ += involuntary - thread.involuntary;
  thread.voluntary = voluntary;
  thread.involuntary = involuntary;
  return true;
}

std::optional<ProcessSample> ResourceSampler::look() {
  ProcessSample sample;
  sample.taken_ns = monotonic_ns();
  const auto cpu_ns = process_cpu_ns(pid_);
  if (!cpu_ns) return std::nullopt;
  sample.cpu_ns = *cpu_ns;
  Buffer buffer;
  sample.rss_bytes = resident_pages(read_again(statm_fd_, buffer)) * page_bytes_;

  const std::size_t before = threads_.size();
  std::erase_if(threads_, [this](Thread& thread) {
    const bool ended = !add_switches(thread);
    if (ended) close(thread.status_fd);
    return ended;
  });
  // The folder's link count is the number of threads, and two: listing is for when one came or went.
  struct stat folder {};
  if (stat(tasks_.c_str(), &folder) != 0) return std::nullopt;
  if (folder.st_nlink != links_ || threads_.size() != before) {
    links_ = folder.st_nlink;
    const std::size_t known = threads_.size();
    list_threads();
    for (std::size_t i = known; i < threads_.size(); ++i) add_switches(threads_[i]);
  }
  sample.voluntary_switches = voluntary_;
  sample.involuntary_switches = involuntary_;
  return sample;
}

}  // namespace gauntlet
