// What the memory scenario declares, and how its readings become figures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& memory_info();

/// Resident memory of the worker process at each point, in bytes, as read from outside.
struct MemoryReadings {
  std::uint64_t tasks = 0;  ///< of each kind, added between one reading and the next
  std::uint64_t before_tasks = 0, with_sleeping = 0, with_handles = 0, with_detached = 0;
  std::uint64_t tasks_started = 0, tasks_ended = 0;  ///< over all rounds, of all kinds
  std::uint64_t last_round = 0;                      ///< with all kinds waiting, once more

  std::uint64_t threads = 0;  ///< that the system granted
  std::uint64_t before_threads = 0, with_threads = 0;
  std::uint64_t stack_reserved = 0;  ///< of a thread with default attributes

  std::uint64_t few_connections = 0, many_connections = 0;
  std::uint64_t with_few_connections = 0, with_many_connections = 0;
  std::uint64_t load_peak = 0;
  std::uint64_t connections_accepted = 0, connections_opened = 0;
  std::uint64_t load_errors = 0;
  std::string first_load_error;
};

/// What one differs by is divided by how many it differs by; where nothing was counted the figure is left out.
Observations observe_memory(const MemoryReadings& readings);

}  // namespace gauntlet
