#include "runtimes/contract/config.hpp"

#include "runtimes/contract/dispatch.hpp"

namespace gauntlet {

std::expected<void, std::string> check(const RuntimeConfig& config) {
  if (config.worker_threads < 1 || config.worker_threads > most_workers) {
    return std::unexpected("worker_threads is 1 to " + std::to_string(most_workers) + ", not " +
                           std::to_string(config.worker_threads));
  }
  if (config.blocking_threads < 1 || config.blocking_threads > most_blocking_threads) {
    return std::unexpected("blocking_threads is 1 to " + std::to_string(most_blocking_threads) + ", not " +
                           std::to_string(config.blocking_threads));
  }
  if (const auto dispatch = parse_dispatch(config.dispatch); !dispatch) return std::unexpected(dispatch.error());
  return {};
}

}  // namespace gauntlet
