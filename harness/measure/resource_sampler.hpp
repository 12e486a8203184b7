// Looks at a process again and again, cheaply enough to do it ten times a second while it is measured.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/process_sample.hpp"

namespace gauntlet {

/// A third of the cost of sample_process(): files in /proc stay open between looks, and only what a lane shows is read.
/// Costs the caller's CPU alone; the process is neither stopped nor woken. Not thread-safe.
class ResourceSampler {
 public:
  explicit ResourceSampler(pid_t pid);
  ~ResourceSampler();
  ResourceSampler(const ResourceSampler&) = delete;
  ResourceSampler& operator=(const ResourceSampler&) = delete;

  /// Time, CPU, RSS and switches; nothing else is filled in. Switches never go down: what a thread had switched when it
  /// was last looked at stays counted when it ends. Of more than kMostThreads, those of the first. Nothing when the
  /// process has ended.
  std::optional<ProcessSample> look();

  static constexpr std::size_t kMostThreads = 64;

 private:
  struct Thread {
    pid_t id = 0;
    int status_fd = -1;
    std::uint64_t voluntary = 0, involuntary = 0;  ///< when last looked at
  };

  void list_threads();
  /// False when the thread has ended.
  bool add_switches(Thread& thread);

  const pid_t pid_;
  const std::string tasks_;
  const std::uint64_t page_bytes_;
  int statm_fd_ = -1;
  std::vector<Thread> threads_;
  std::uint64_t links_ = 0;  ///< of the folder of threads when they were listed
  std::uint64_t voluntary_ = 0, involuntary_ = 0;
};

}  // namespace gauntlet
