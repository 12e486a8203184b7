#include "runtimes/contract/registry.hpp"

#include <algorithm>
#include <cassert>

#include "runtimes/asio/asio.hpp"
#include "runtimes/busy_wait/busy_wait.hpp"
#include "runtimes/contract/near_matches.hpp"
#include "runtimes/fallback/fallback.hpp"
#include "runtimes/io_uring/io_uring.hpp"
#include "runtimes/libuv/libuv.hpp"
#include "runtimes/multi_loop/multi_loop.hpp"
#include "runtimes/single_loop/single_loop.hpp"
#include "runtimes/work_stealing/work_stealing.hpp"

namespace gauntlet {

namespace {

constexpr std::string_view fallback_name = "fallback";
constexpr std::string_view loops_keep = "a task stays with the loop that it was spawned on, as its sockets do";
constexpr std::string_view library_keeps = "the library binds a handle to the loop that made it";
constexpr std::string_view one_loop = "one loop has one worker";
constexpr std::string_view single_thread = "it is one thread";
constexpr std::string_view asio_blocks_inside = "Asio blocks inside io_context::run(), which tells nobody";

}  // namespace

std::span<const FeatureInfo> all_features() {
  static constexpr FeatureInfo table[] = {
      {Feature::many_tasks, "many_tasks", "more than 32 live tasks, and sockets for them"},
      {Feature::blocking_calls, "blocking_calls", "`run_blocking()`, on a pool of threads"},
      {Feature::files, "files", "open, read, write, sync"},
      {Feature::several_workers, "several_workers", "`worker_threads` above 1"},
      {Feature::stealing, "stealing", "idle workers take tasks from busy ones"},
      {Feature::idle_blocking, "idle_blocking", "blocks when there is nothing to do"},
      {Feature::park_hooks, "park_hooks", "tells when a worker parks: hooks and the metric `parks`"},
  };
  return table;
}

std::span<const RuntimeEntry> all_runtimes() {
  static const RuntimeEntry table[] = {
      {.name = "single_loop",
       .aliases = {"epoll"},
       .description = "one epoll loop on one thread",
       .make = make_single_loop,
       .not_supported = {{Feature::several_workers, one_loop}, {Feature::stealing, one_loop}}},
      {.name = "multi_loop",
       .aliases = {"multi_epoll"},
       .description = "an epoll loop on every worker thread",
       .make = make_multi_loop,
       .not_supported = {{Feature::stealing, loops_keep}}},
      {.name = "io_uring",
       .aliases = {"uring"},
       .description = "an io_uring on every worker thread",
       .make = make_io_uring,
       .not_supported = {{Feature::stealing, "a ring refuses every thread but the one that made it"}}},
      {.name = "work_stealing",
       .aliases = {"custom"},
       .description = "workers that steal from one another, one shared epoll",
       .make = make_work_stealing},
      {.name = "libuv",
       .aliases = {"uv"},
       .description = "a libuv loop on every worker thread",
       .make = make_libuv,
       .not_supported = {{Feature::stealing, library_keeps}}},
      {.name = "asio",
       .aliases = {"boost_asio"},
       .description = "Boost.Asio, an io_context on every worker thread",
       .make = make_asio,
       .is_built_in = !asio_is_on_io_uring(),
       .not_supported = {{Feature::stealing, library_keeps}, {Feature::park_hooks, asio_blocks_inside}}},
      {.name = "asio_uring",
       .aliases = {},
       .description = "the same on Asio's io_uring",
       .make = make_asio_uring,
       .worker_program = "gauntlet-worker-asio-uring",
       .is_built_in = asio_is_on_io_uring(),
       .not_supported = {{Feature::stealing, library_keeps}, {Feature::park_hooks, asio_blocks_inside}}},
      {.name = fallback_name,
       .aliases = {},
       .description = "one thread, 32 tasks, first in first out: a core without a heap, on poll(2)",
       .make = make_fallback,
       .not_supported = {{Feature::many_tasks, "it is for where there is little: 32 tasks, 128 sockets"},
                         {Feature::blocking_calls, single_thread},
                         {Feature::files, "poll(2) knows no files, and there is no other thread"},
                         {Feature::several_workers, single_thread},
                         {Feature::stealing, single_thread}},
       .most_tasks = 32},
      {.name = "busy_wait",
       .aliases = {},
       .description = "negative control: polls and yields instead of blocking",
       .negative_control = true,
       .make = make_busy_wait,
       .not_supported = {{Feature::several_workers, one_loop},
                         {Feature::stealing, one_loop},
                         {Feature::idle_blocking, "polls and yields, so that a gate can be seen to reject it"},
                         {Feature::park_hooks, "it never parks"}}},
  };
  return table;
}

const NotSupported* what_is_missing(const RuntimeEntry& entry, Feature feature) {
  const auto found = std::ranges::find(entry.not_supported, feature, &NotSupported::feature);
  return found != entry.not_supported.end() ? &*found : nullptr;
}

const RuntimeEntry& default_runtime(std::span<const RuntimeEntry> registered) {
  const auto is_common = [](const RuntimeEntry& entry) {
    return !entry.negative_control && entry.is_built_in && entry.name != fallback_name;
  };
  const auto first = std::ranges::find_if(registered, is_common);
  if (first != registered.end()) return *first;
  const auto fallback = std::ranges::find(registered, fallback_name, &RuntimeEntry::name);
  assert(fallback != registered.end() && "a program has one runtime at least");
  return *fallback;
}

bool is_using_fallback(std::span<const RuntimeEntry> registered) {
  return default_runtime(registered).name == fallback_name;
}

const RuntimeEntry* find_runtime(std::string_view name) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    if (entry.name == name || std::ranges::find(entry.aliases, name) != entry.aliases.end()) return &entry;
  }
  return nullptr;
}

std::expected<std::unique_ptr<Runtime>, Unavailable> make_runtime(const RuntimeConfig& config) {
  if (const auto valid = check(config); !valid) return std::unexpected(Unavailable{valid.error()});
  if (config.backend.empty()) return default_runtime().make(config);
  if (const RuntimeEntry* entry = find_runtime(config.backend)) return entry->make(config);
  std::vector<std::string> known;
  for (const RuntimeEntry& entry : all_runtimes()) {
    known.emplace_back(entry.name);
    known.insert(known.end(), entry.aliases.begin(), entry.aliases.end());
  }
  std::string reason = "no runtime is called '" + config.backend + "'";
  const std::vector<std::string> near = near_matches(config.backend, known);
  if (!near.empty()) reason += "; did you mean '" + near.front() + "'?";
  return std::unexpected(Unavailable{reason});
}

}  // namespace gauntlet
