#include "runtimes/configuration/config_keys.hpp"

#include <concepts>
#include <utility>

namespace gauntlet {

namespace {

using recovery::Promise;
using recovery::RecoveryConfig;

ConfigValue value_of(bool flag) { return flag; }
ConfigValue value_of(const std::string& text) { return text; }
ConfigValue value_of(const std::filesystem::path& path) { return path.string(); }
ConfigValue value_of(std::chrono::milliseconds time) { return std::int64_t{time.count()}; }
ConfigValue value_of(Promise promise) { return std::string(promise == Promise::accepted ? "accepted" : "completed"); }
ConfigValue value_of(std::unsigned_integral auto number) { return static_cast<std::int64_t>(number); }

void assign(bool& flag, const ConfigValue& value) { flag = std::get<bool>(value); }
void assign(std::string& text, const ConfigValue& value) { text = std::get<std::string>(value); }
void assign(std::filesystem::path& path, const ConfigValue& value) { path = std::get<std::string>(value); }
void assign(std::chrono::milliseconds& time, const ConfigValue& value) {
  time = std::chrono::milliseconds(std::get<std::int64_t>(value));
}
void assign(Promise& promise, const ConfigValue& value) {
  promise = std::get<std::string>(value) == "accepted" ? Promise::accepted : Promise::completed;
}
template <std::unsigned_integral Number>
void assign(Number& number, const ConfigValue& value) {
  number = static_cast<Number>(std::get<std::int64_t>(value));
}

struct Bounds {
  std::int64_t least = 0;
  std::int64_t most = 4'294'967'295;
};

/// A key that sets `member` of `part`, and whose default is what stands there already.
template <typename Part, typename Member>
ConfigKey key(std::string_view section, std::string_view name, Part Configuration::*part, Member Part::*member,
              std::string_view doc, Bounds bounds = {}, std::vector<std::string_view> choices = {}) {
  return {
      .section = section,
      .name = name,
      .doc = doc,
      .default_value = value_of((Configuration{}.*part).*member),
      .least = bounds.least,
      .most = bounds.most,
      .choices = std::move(choices),
      .set = [part, member](Configuration& into, const ConfigValue& value) { assign((into.*part).*member, value); }};
}

template <typename Member>
ConfigKey runtime_key(std::string_view section, std::string_view name, Member RuntimeConfig::*member,
                      std::string_view doc, Bounds bounds = {}, std::vector<std::string_view> choices = {}) {
  return key(section, name, &Configuration::runtime, member, doc, bounds, std::move(choices));
}

template <typename Member>
ConfigKey recovery_key(std::string_view name, Member RecoveryConfig::*member, std::string_view doc, Bounds bounds = {},
                       std::vector<std::string_view> choices = {}) {
  return key("recovery", name, &Configuration::recovery, member, doc, bounds, std::move(choices));
}

ConfigKey not_offered(std::string_view section, std::string_view name, ConfigValue in_force, std::string_view doc,
                      Bounds bounds = {}, std::vector<std::string_view> choices = {}) {
  return {.section = section,
          .name = name,
          .doc = doc,
          .default_value = std::move(in_force),
          .least = bounds.least,
          .most = bounds.most,
          .choices = std::move(choices)};
}

ConfigKey worker_threads() {
  ConfigKey threads = runtime_key("runtime", "worker_threads", &RuntimeConfig::worker_threads,
                                  "worker threads: a number, \"auto\" (one for each CPU), \"cores*2\" or \"cores+2\"",
                                  {1, most_workers});
  threads.counts_threads = true;
  return threads;
}

/// Another word for work_stealing, with one value more that nobody offers yet.
ConfigKey scheduling() {
  ConfigKey rule = not_offered("runtime", "scheduling", std::string("stealing"),
                               "\"stealing\" where the runtime can, \"affinity\" or \"fifo\": a task stays on its "
                               "worker, in order",
                               {}, {"fifo", "priority", "affinity", "stealing"});
  rule.set = [](Configuration& into, const ConfigValue& value) {
    const std::string& word = std::get<std::string>(value);
    if (word == "priority") {
      into.runtime.not_offered.push_back({"scheduling", into.runtime.work_stealing ? "stealing" : "affinity",
                                          "not_supported: no runtime has priorities; asked for \"priority\""});
    } else {
      into.runtime.work_stealing = word == "stealing";
    }
  };
  return rule;
}

void add_runtime_keys(std::vector<ConfigKey>& keys) {
  const auto add = [&keys](ConfigKey one) { keys.push_back(std::move(one)); };
  add(runtime_key("runtime", "backend", &RuntimeConfig::backend, "name or alias of a runtime"));
  add(worker_threads());
  add(runtime_key("runtime", "blocking_threads", &RuntimeConfig::blocking_threads,
                  "most calls of run_blocking() at once; threads start when they are needed",
                  {1, most_blocking_threads}));
  add(runtime_key("runtime", "max_tasks", &RuntimeConfig::max_tasks,
                  "live tasks; beyond it spawn yields out_of_resources; 0: no bound"));
  add(not_offered("runtime", "max_tasks_per_loop", std::int64_t{0},
                  "bound of one worker's ready queue; 0: no bound; see max_tasks"));
  add(runtime_key("runtime", "max_connections", &RuntimeConfig::max_connections,
                  "connections that a server serves at once; 0: no bound"));
  add(runtime_key("runtime", "shed_connections", &RuntimeConfig::shed_connections,
                  "beyond max_connections: accept and close at once; else they wait to be accepted"));
  add(runtime_key("runtime", "dispatch", &RuntimeConfig::dispatch, "which worker gets the next connection", {},
                  {"round_robin", "least_loaded", "affinity"}));
  add(scheduling());
  add(runtime_key("runtime", "work_stealing", &RuntimeConfig::work_stealing,
                  "idle workers take tasks from busy ones, in a runtime that can"));
  add(runtime_key("runtime", "worker_thread_name", &RuntimeConfig::worker_thread_name,
                  "of the threads, with their number behind it: at most 9 letters"));
  add(runtime_key("runtime", "turn_budget", &RuntimeConfig::turn_budget,
                  "operations answered at once per resumed job, before others get their turn", {0, 1'000'000}));
  add(runtime_key("runtime", "listen_backlog", &RuntimeConfig::listen_backlog,
                  "connections that wait to be accepted, in the kernel", {1, 65'535}));
  for (const std::string_view section : {"runtime", "performance"}) {
    add(runtime_key(section, "enable_cpu_affinity", &RuntimeConfig::enable_cpu_affinity,
                    "each worker stays on one CPU of those that the process may use"));
  }
}

void add_performance_keys(std::vector<ConfigKey>& keys) {
  const auto add = [&keys](ConfigKey one) { keys.push_back(std::move(one)); };
  add(runtime_key("performance", "numa_aware", &RuntimeConfig::numa_aware,
                  "memory of a worker on the node that it runs on"));
  add(runtime_key("performance", "zero_copy_io", &RuntimeConfig::zero_copy_io,
                  "send without copying, above a measured size, in a runtime that can"));
  add(runtime_key("performance", "zero_copy_bytes", &RuntimeConfig::zero_copy_bytes,
                  "with zero_copy_io: smaller sends are copied all the same"));
  add(runtime_key("performance", "sqpoll", &RuntimeConfig::sqpoll,
                  "io_uring: a kernel thread of each ring takes requests without a system call"));
  add(runtime_key("performance", "registered_files", &RuntimeConfig::registered_files,
                  "io_uring: sockets stand in a table of the ring, not only in that of the process"));
  add(not_offered("performance", "spin_before_park_us", std::int64_t{0}, "how long a worker looks before it blocks",
                  {0, 1'000'000}));
  add(not_offered("performance", "thread_policy", std::string("other"), "scheduling policy of the worker threads", {},
                  {"other", "fifo", "round_robin"}));
  add(not_offered("performance", "lock_memory", false, "keep the process's memory out of swap"));
  add(runtime_key("memory", "buffer_bytes", &RuntimeConfig::buffer_bytes, "size of one lent receive buffer",
                  {64, 16 * 1024 * 1024}));
  add(runtime_key("memory", "buffers_per_worker", &RuntimeConfig::buffers_per_worker,
                  "lent from the pool; beyond it memory comes from the heap", {1, 1024 * 1024}));
  add(not_offered("memory", "frame_cache_bytes", std::int64_t{4 * 1024 * 1024},
                  "frames that one thread keeps for its next tasks"));
  add(not_offered("memory", "huge_pages", false, "receive buffers on huge pages"));
  add(not_offered("log", "level", std::string("info"), "what is logged", {},
                  {"trace", "debug", "info", "warn", "error"}));
  add(not_offered("log", "format", std::string("text"), "how it is written", {}, {"text", "json"}));
}

void add_recovery_keys(std::vector<ConfigKey>& keys) {
  constexpr std::int64_t a_day_ms = 24 * 60 * 60 * 1000;
  const auto add = [&keys](ConfigKey one) { keys.push_back(std::move(one)); };
  add(recovery_key("enabled", &RecoveryConfig::enabled, "requests are journalled"));
  add(recovery_key("journal_backend", &RecoveryConfig::journal_backend, "what the journal is kept in", {},
                   {"segment", "mmap", "leveldb", "rocksdb"}));
  add(recovery_key("journal_path", &RecoveryConfig::journal_path, "folder of the journal"));
  add(recovery_key("max_recovery_attempts", &RecoveryConfig::max_recovery_attempts,
                   "replays of one request; then it becomes a dead letter", {1, 1000}));
  add(recovery_key("max_unfinished_starts", &RecoveryConfig::max_unfinished_starts,
                   "starts in a row that ended while they replayed; then dead letters (0: no limit)"));
  add(recovery_key("promise", &RecoveryConfig::promise,
                   "\"accepted\": durable before it runs; \"completed\": and its answer before it is sent", {},
                   {"accepted", "completed"}));
  add(recovery_key("backoff_ms", &RecoveryConfig::backoff, "before the second replay; doubles", {0, a_day_ms}));
  add(recovery_key("deadline_ms", &RecoveryConfig::deadline,
                   "since the arrival: an older request is not replayed; 0: never", {0, 365 * a_day_ms}));
  add(recovery_key("body_bytes_max", &RecoveryConfig::body_bytes_max, "beyond: refused with 413"));
  add(recovery_key("body_inline_bytes_max", &RecoveryConfig::body_inline_bytes_max,
                   "beyond: in a file of its own beside the journal, up to body_bytes_max"));
  add(recovery_key("remembered_keys_max", &RecoveryConfig::remembered_keys_max,
                   "answers that are kept for repetitions of their request"));
  add(recovery_key("segment_bytes", &RecoveryConfig::segment_bytes, "size of one file of the journal",
                   {64 * 1024, std::int64_t{1} << 40}));
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> table = [] {
    std::vector<ConfigKey> keys;
    add_runtime_keys(keys);
    add_performance_keys(keys);
    add_recovery_keys(keys);
    return keys;
  }();
  return table;
}

std::string config_text(const ConfigValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const std::int64_t* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return "\"" + std::get<std::string>(value) + "\"";
}

}  // namespace gauntlet
