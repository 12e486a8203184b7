// Events that the kernel and the CPU count while another process runs, without stopping or slowing it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gauntlet {

/// Since the counters were opened, user and kernel together. Absent where it cannot be counted.
struct EventCounts {
  std::optional<double> system_calls = {};
  std::optional<double> cycles = {}, instructions = {};
};

/// Nothing unless both are there.
std::optional<double> events_between(const std::optional<double>& before, const std::optional<double>& after);

/// Of all threads that a process has when this is constructed, and those that they start. By perf_event_open(2); system
/// calls by the tracepoint raw_syscalls:sys_enter.
class EventCounters {
 public:
  explicit EventCounters(pid_t pid);
  ~EventCounters();
  EventCounters(const EventCounters&) = delete;
  EventCounters& operator=(const EventCounters&) = delete;

  EventCounts read() const;
  /// One sentence on what is absent and what to do about it; empty when nothing is.
  const std::string& why_absent() const { return why_absent_; }

 private:
  /// One descriptor a thread.
  using Event = std::vector<int>;
  static std::optional<double> sum(const Event& event);
  /// The error, 0 when every thread has it.
  static int open(std::uint32_t type, std::uint64_t config, const std::vector<pid_t>& threads, Event& event);
  void open_system_calls(const std::vector<pid_t>& threads);
  void open_hardware(const std::vector<pid_t>& threads);

  Event system_calls_, cycles_, instructions_;
  std::string why_absent_;
};

}  // namespace gauntlet
