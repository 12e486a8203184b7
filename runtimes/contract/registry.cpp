#include "runtimes/contract/registry.hpp"

#include <algorithm>

#include "runtimes/asio/asio.hpp"
#include "runtimes/busy_wait/busy_wait.hpp"
#include "runtimes/contract/near_matches.hpp"
#include "runtimes/io_uring/io_uring.hpp"
#include "runtimes/libuv/libuv.hpp"
#include "runtimes/multi_loop/multi_loop.hpp"
#include "runtimes/single_loop/single_loop.hpp"
#include "runtimes/work_stealing/work_stealing.hpp"

namespace gauntlet {

std::span<const RuntimeEntry> all_runtimes() {
  static const RuntimeEntry table[] = {
      {"single_loop", {"epoll"}, "one epoll loop on one thread", false, make_single_loop},
      {"multi_loop", {"multi_epoll"}, "an epoll loop on every worker thread", false, make_multi_loop},
      {"io_uring", {"uring"}, "an io_uring on every worker thread", false, make_io_uring},
      {"work_stealing", {"custom"}, "workers that steal from one another, one shared epoll", false, make_work_stealing},
      {"libuv", {"uv"}, "a libuv loop on every worker thread", false, make_libuv},
      {"asio",
       {"boost_asio"},
       "Boost.Asio, an io_context on every worker thread",
       false,
       make_asio,
       common_worker_program,
       !asio_is_on_io_uring()},
      {"asio_uring",
       {},
       "the same on Asio's io_uring",
       false,
       make_asio_uring,
       "gauntlet-worker-asio-uring",
       asio_is_on_io_uring()},
      {"busy_wait", {}, "negative control: polls and yields instead of blocking", true, make_busy_wait},
  };
  return table;
}

const RuntimeEntry* find_runtime(std::string_view name) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    if (entry.name == name || std::ranges::find(entry.aliases, name) != entry.aliases.end()) return &entry;
  }
  return nullptr;
}

std::expected<std::unique_ptr<Runtime>, Unavailable> make_runtime(const RuntimeConfig& config) {
  if (const auto valid = check(config); !valid) return std::unexpected(Unavailable{valid.error()});
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
