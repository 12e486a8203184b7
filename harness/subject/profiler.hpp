// Where a process spends its CPU time, sampled from outside by perf(1).
#pragma once

#include <sys/types.h>

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "harness/measure/stack_folder.hpp"
#include "harness/subject/child_process.hpp"
#include "harness/subject/pump.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {

/// `perf record` on a process, with the threads that it has and will start, and call graphs by frame pointers. By the
/// CPU's cycles, or the CPU clock where they are not counted; user space alone where the kernel may not be looked into.
/// Destroying kills perf and removes what it wrote.
class Profiler {
 public:
  static constexpr int kSamplesPerSecond = 1999;  ///< of CPU time; no multiple of a timer's rate

  /// Returns once samples are taken. perf stays on `cpus`, unless they are empty. The error is one sentence with the
  /// command that helps. `pump` outlives this.
  static std::expected<std::unique_ptr<Profiler>, std::string> attach(pid_t pid, const std::vector<int>& cpus,
                                                                      Pump& pump);
  ~Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  /// Ends sampling, if the process has not ended it by ending, and hands every sample to `folder`. Once. The error is
  /// one sentence. Throws Interrupted.
  std::expected<void, std::string> collect(StackFolder& folder);

 private:
  Profiler(std::vector<int> cpus, Pump& pump) : cpus_(std::move(cpus)), pump_(pump) {}
  std::expected<void, std::string> begin(pid_t pid);
  void forget();

  const std::vector<int> cpus_;
  Pump& pump_;
  const ScratchFolder scratch_;
  std::unique_ptr<ChildProcess> perf_;
  std::string errors_;
  bool ended_ = false;
  int control_fd_ = -1, answer_fd_ = -1;
};

/// One sentence, from what perf said and `paranoid`, the kernel's perf_event_paranoid.
std::string why_not_profiled(const std::string& perf_said, int paranoid);

}  // namespace gauntlet
