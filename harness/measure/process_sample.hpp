// What a process has consumed so far, read from outside without stopping or slowing it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "scenarios/bench.hpp"

namespace gauntlet {

struct ProcessSample {
  std::int64_t taken_ns = 0;  ///< CLOCK_MONOTONIC, at the reading of cpu_ns
  std::int64_t cpu_ns = 0;    ///< user and system, every thread that ever was; exact, not counted in ticks
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;  ///< of the threads that live now
  std::uint64_t rss_bytes = 0;
  std::uint64_t rss_peak_bytes = 0;
  std::uint64_t page_faults = 0;
  std::optional<std::uint64_t> migrations =
      {};  ///< of the threads that live now; absent where the kernel does not tell
};

/// CPU time of a process. Costs one system call. The error names the process.
std::expected<std::int64_t, std::string> process_cpu_ns(pid_t pid);
std::int64_t own_process_cpu_ns();
std::int64_t own_thread_cpu_ns();

std::expected<ProcessSample, std::string> sample_process(pid_t pid);

/// Both samples are of one process. Switches of threads that ended in between are lost; counts never go below 0.
Consumption consumption_between(const ProcessSample& before, const ProcessSample& after);

}  // namespace gauntlet
