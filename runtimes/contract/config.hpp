// What a runtime is asked to be, and what it says it became.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace gauntlet {

/// More than any machine has CPUs for; a task keeps the index of its home in one byte.
inline constexpr std::uint32_t most_workers = 254;
inline constexpr std::uint32_t most_blocking_threads = 1024;

class RuntimeHooks;

/// One line of the effective configuration. `value` is what is in force, which may differ from what was asked; then
/// `note` says why.
struct Setting {
  std::string name;
  std::string value;
  std::string note = {};
};
using EffectiveConfig = std::vector<Setting>;

/// How many letters leave room for "-253" and "-b1023" in the 15 that the kernel keeps of a thread's name.
inline constexpr std::size_t most_thread_name_letters = 9;

struct RuntimeConfig {
  std::string backend = "single_loop";     ///< name or alias in the registry
  std::uint32_t worker_threads = 1;        ///< 1 to most_workers; a runtime that has but one says so
  std::string dispatch = "round_robin";    ///< see Dispatch; means nothing to a runtime with one worker
  bool work_stealing = true;               ///< idle workers take tasks from busy ones, in a runtime that can
  std::uint32_t buffer_bytes = 16 * 1024;  ///< size of one lent receive buffer
  std::uint32_t buffers_per_worker = 256;  ///< lent from the pool; beyond it memory comes from the heap
  std::uint32_t turn_budget = 32;  ///< operations answered at once per resumed job, before others get their turn
  std::uint32_t listen_backlog = 4096;
  std::uint32_t blocking_threads = 16;  ///< at most so many calls of run_blocking() at once; started when needed
  std::uint32_t max_connections = 0;    ///< that one accept_connections() serves at once. 0: no bound
  bool shed_connections = false;        ///< beyond max_connections: accept and close; else they wait to be accepted
  std::uint32_t max_tasks = 0;          ///< live tasks; beyond it spawn() yields out_of_resources. 0: no bound
  std::string worker_thread_name = {};  ///< of threads inside run(), with "-INDEX"; empty: what they are called already
  bool enable_cpu_affinity = false;     ///< each worker stays on one CPU of those that the process may use
  bool numa_aware = false;              ///< memory of a worker on the node that it runs on
  bool zero_copy_io = false;            ///< what is sent may stay in the sender's memory, where a runtime can
  std::uint32_t zero_copy_bytes = 32 * 1024;  ///< with zero_copy_io: sends below this size are copied all the same
  bool sqpoll = false;            ///< a kernel thread takes a ring's requests, without a system call for them
  bool registered_files = false;  ///< a ring keeps its sockets in a table of its own
  std::shared_ptr<RuntimeHooks> hooks = {};  ///< called by the runtime; see hooks.hpp
  std::vector<Setting> not_offered =
      {};  ///< what was asked for and no runtime has; told in the effective configuration
};

/// What is wrong with the values themselves, whatever the runtime: one sentence that names the key.
std::expected<void, std::string> check(const RuntimeConfig& config);

}  // namespace gauntlet
