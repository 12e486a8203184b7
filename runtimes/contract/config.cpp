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
  if (config.worker_thread_name.size() > most_thread_name_letters) {
    return std::unexpected("worker_thread_name has at most " + std::to_string(most_thread_name_letters) +
                           " letters, so that the kernel keeps the worker's number behind it; '" +
                           config.worker_thread_name + "' has " + std::to_string(config.worker_thread_name.size()));
  }
  if (const auto dispatch = parse_dispatch(config.dispatch); !dispatch) return std::unexpected(dispatch.error());
  return {};
}

}  // namespace gauntlet
