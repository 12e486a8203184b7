#include "scenarios/memory/memory_info.hpp"

#include <algorithm>
#include <cmath>

#include "scenarios/common_rows.hpp"

namespace gauntlet {

namespace {

std::vector<MetricInfo> metrics() {
  return {
      {"waiting_task_bytes", "bytes", Better::lower, "resident memory of a waiting task of the dearest kind"},
      {"sleeping_task_bytes", "bytes", Better::lower, "of a task on a timer, its handle included"},
      {"handle_task_bytes", "bytes", Better::lower, "of a task that waits for an event, event and handle included"},
      {"detached_task_bytes", "bytes", Better::lower, "of a task that waits for an event, without a handle"},
      {"idle_connection_bytes", "bytes", Better::lower, "of an HTTP connection that is silent, in the process"},
      {"load_rss_peak_bytes", "bytes", Better::lower, "peak of the process while it served HTTP"},
      {"growth_percent", "%", Better::lower, "what the last round of the same tasks held beyond the first"},
      {"tasks_unfinished_count", "tasks", Better::lower, "tasks that did not come to their proper end"},
      {"thread_resident_bytes", "bytes", Better::lower,
       "of a blocked thread, without what the kernel keeps for it: the alternative to a task"},
      {"thread_reserved_bytes", "bytes", Better::lower, "address space that a thread's stack takes by default"},
      {"tasks_per_reserved_thread_ratio", "tasks", Better::higher, "waiting tasks in the space of one thread's stack"},
      {"tasks_per_resident_thread_ratio", "tasks", Better::higher, "waiting tasks in what a blocked thread holds"},
  };
}

double per_one(std::uint64_t before, std::uint64_t after, std::uint64_t count) {
  return (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(count);
}

void add_tasks(const MemoryReadings& seen, std::map<std::string, double>& metrics) {
  if (seen.tasks == 0) return;
  const double sleeping = per_one(seen.before_tasks, seen.with_sleeping, seen.tasks);
  const double handle = per_one(seen.with_sleeping, seen.with_handles, seen.tasks);
  const double detached = per_one(seen.with_handles, seen.with_detached, seen.tasks);
  const double dearest = std::max({sleeping, handle, detached});
  metrics["sleeping_task_bytes"] = sleeping;
  metrics["handle_task_bytes"] = handle;
  metrics["detached_task_bytes"] = detached;
  metrics["waiting_task_bytes"] = dearest;
  if (dearest > 0 && seen.stack_reserved > 0) {
    metrics["tasks_per_reserved_thread_ratio"] = static_cast<double>(seen.stack_reserved) / dearest;
  }
  if (seen.threads > 0) {
    const double thread = per_one(seen.before_threads, seen.with_threads, seen.threads);
    metrics["thread_resident_bytes"] = thread;
    if (dearest > 0) metrics["tasks_per_resident_thread_ratio"] = thread / dearest;
  }
  if (seen.last_round > 0 && seen.with_detached > 0) {
    metrics["growth_percent"] =
        100 * (static_cast<double>(seen.last_round) / static_cast<double>(seen.with_detached) - 1);
  }
}

}  // namespace

const ScenarioInfo& memory_info() {
  static const ScenarioInfo info = {
      .name = "memory",
      .question = "What do a waiting task and an idle connection hold in memory, and does it grow?",
      .parameters = {integer_parameter("tasks", "waiting tasks of each kind: sleeping, with a handle, detached",
                                       "65536", "2000", 1000, 4'000'000),
                     integer_parameter("rounds", "how often the same tasks come and go before memory is read again",
                                       "10", "2", 1, 1000),
                     integer_parameter("connections", "idle connections", "10000", "50", 10, 16'000),
                     integer_parameter("threads", "blocked threads, for the comparison", "256", "16", 1, 4096),
                     worker_threads_parameter()},
      .metrics = metrics(),
      .claims = {{"no_growth", ClaimKind::must, "growth_percent", 5, "rounds of the same load hold the same memory"},
                 {"all_end", ClaimKind::must, "tasks_unfinished_count", 0, "every task comes to its end"},
                 {"under_1_kb", ClaimKind::headline, "waiting_task_bytes", 1024,
                  "async-runtime seed: under 1 KB for a waiting task"},
                 {"under_64_bytes", ClaimKind::headline, "waiting_task_bytes", 64,
                  "task seed: 64 bytes for a waiting task"},
                 {"tasks_8000_times", ClaimKind::headline, "tasks_per_reserved_thread_ratio", 8000,
                  "seed: 8,000 times as many tasks as threads in the same memory"},
                 {"memory_125000_times", ClaimKind::headline, "tasks_per_reserved_thread_ratio", 125'000,
                  "seed: 125,000 times less memory than a thread"}},
      .references = {},
  };
  return info;
}

Observations observe_memory(const MemoryReadings& seen) {
  Observations observations;
  auto& metrics = observations.metrics;
  add_tasks(seen, metrics);
  metrics["tasks_unfinished_count"] = static_cast<double>(seen.tasks_started - seen.tasks_ended);
  if (seen.stack_reserved > 0) metrics["thread_reserved_bytes"] = static_cast<double>(seen.stack_reserved);
  if (seen.many_connections > seen.few_connections) {
    metrics["idle_connection_bytes"] =
        per_one(seen.with_few_connections, seen.with_many_connections, seen.many_connections - seen.few_connections);
  }
  if (seen.load_peak > 0) metrics["load_rss_peak_bytes"] = static_cast<double>(seen.load_peak);
  observations.wrong_answers = seen.load_errors;
  observations.first_error = seen.first_load_error;
  if (seen.connections_accepted < seen.connections_opened) {
    observations.warnings.push_back({Warning::Severity::invalid, "connections_missing",
                                     "the subject accepted " + std::to_string(seen.connections_accepted) + " of " +
                                         std::to_string(seen.connections_opened) +
                                         " connections, so the memory of one is not known"});
  }
  return observations;
}

}  // namespace gauntlet
