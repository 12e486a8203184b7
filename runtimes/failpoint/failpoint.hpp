// Places at which a process can be made to crash, to fail or to wait.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/failpoint/failpoints.hpp"

namespace gauntlet {

namespace detail {
inline std::atomic<bool> any_failpoint_armed{false};
int reach_failpoint(Failpoint failpoint) noexcept;
}  // namespace detail

/// The process is at `failpoint`. 0: go on; else the errno that the call which stands here is to fail with. While none
/// is armed it costs a load and a branch. Any thread; does not return where a crash is due.
inline int failpoint(Failpoint failpoint) noexcept {
  if (!detail::any_failpoint_armed.load(std::memory_order_relaxed)) [[likely]] {
    return 0;
  }
  return detail::reach_failpoint(failpoint);
}

struct FailpointPlan {
  enum class Action : std::uint8_t {
    crash,  ///< by the signal `number`
    error,  ///< the errno `number`
    delay   ///< of `number` milliseconds, which the thread is blocked
  };
  Failpoint at = Failpoint::http_connection_begun;
  Action action = Action::crash;
  int number = 0;
  std::uint64_t hit = 1;      ///< the first that acts
  bool from_then_on = false;  ///< and all that follow; else it acts once
};

/// "NAME=ACTION[@HIT][+]", several with commas between: ACTION is SIGKILL, SIGSEGV, SIGABRT, the name of an errno, or
/// delay:MILLISECONDS; HIT counts from 1; + means from then on. The error is one sentence.
std::expected<std::vector<FailpointPlan>, std::string> parse_failpoints(std::string_view text);

/// As parse_failpoints() reads it.
std::string to_text(const FailpointPlan& plan);

/// Takes the place of what was armed before, and counts from 0 again. To be called while no thread is at a failpoint.
/// Before it acts, a failpoint appends a line "NAME HIT TIME" to the file `record`, so that a crash is known to be its
/// doing; TIME is that of the monotonic clock, in nanoseconds. Empty: no record. False: it cannot be written.
bool arm_failpoints(std::span<const FailpointPlan> plans, const std::string& record = {});
void disarm_failpoints();

/// Arms what GAUNTLET_FAILPOINTS says, with GAUNTLET_FAILPOINTS_RECORD as the record. The error is one sentence.
std::expected<void, std::string> arm_failpoints_of_environment();

/// How often the process has come past it since it was armed with anything, and how often it acted.
std::uint64_t failpoint_hits(Failpoint failpoint);
std::uint64_t failpoint_fired(Failpoint failpoint);

}  // namespace gauntlet
