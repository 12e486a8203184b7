// Keeps CPUs from going to sleep for as long as it lives.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/measure/cpu_idle.hpp"
#include "harness/subject/cpu_placement.hpp"

namespace gauntlet {

/// Threads are those of this process: they end with it however it ends, and their CPU time is our own where foreign CPU
/// time is looked for. One thread makes and destroys it; subjects are started in between.
class CpuIdleInhibitor {
 public:
  /// For the CPUs of subject and generator. Does nothing where the plan has no means. The error is one line.
  static std::expected<std::unique_ptr<CpuIdleInhibitor>, std::string> start(const CpuIdlePlan& plan,
                                                                             const CpuPlacement& placement);
  ~CpuIdleInhibitor();
  CpuIdleInhibitor(const CpuIdleInhibitor&) = delete;
  CpuIdleInhibitor& operator=(const CpuIdleInhibitor&) = delete;

 private:
  CpuIdleInhibitor() = default;
  std::expected<void, std::string> request_latency(std::int32_t latency_us);
  std::expected<void, std::string> spin_on(int cpu, bool timed_pause);

  int latency_fd_ = -1;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace gauntlet
