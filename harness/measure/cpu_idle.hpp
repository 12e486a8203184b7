// Whether idle CPUs may go to sleep while we measure, and what this machine lets us do about it. A request that finds
// its CPU asleep waits for the wake-up: some tens of microseconds from a deep C-state, and in a virtual machine a HLT
// that ends in the hypervisor. That time is the machine's and in every figure alike.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "harness/measure/environment.hpp"

namespace gauntlet {

/// `automatic` prevents it where there is something to prevent and no CPU is slowed by that.
enum class CpuIdleMode { automatic, prevent, allow };

enum class CpuIdleMeans {
  none,
  latency_request,  ///< PM QoS: /dev/cpu_dma_latency is held open, and the kernel chooses C-states by it
  idle_threads,     ///< one thread a CPU spins under SCHED_IDLE, which anything else preempts at once
};

struct CpuIdlePlan {
  CpuIdleMeans means = CpuIdleMeans::none;
  std::int32_t latency_us = 0;  ///< of a latency request: slowest wake-up that is allowed
  bool timed_pause = false;     ///< idle threads wait in TPAUSE, which leaves the core to an SMT sibling
  Fact fact;                    ///< `cpu_idle`, for the environment; it identifies
};

/// The error, one line, is that of CpuIdleMode::prevent where it would do harm.
std::expected<CpuIdlePlan, std::string> plan_cpu_idle(const MachineView& machine, CpuIdleMode mode);

}  // namespace gauntlet
