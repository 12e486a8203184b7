#include "runtimes/io_uring/io_uring.hpp"

#include <utility>
#include <vector>

#include "runtimes/io_uring/uring_loop.hpp"
#include "runtimes/loop/loop_team.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_io_uring(const RuntimeConfig& config) {
  const auto dispatch = parse_dispatch(config.dispatch);
  if (!dispatch) return std::unexpected(Unavailable{dispatch.error()});
  std::vector<UringLoop::Parts> parts;
  for (std::uint32_t i = 0; i < config.worker_threads; ++i) {
    auto opened = UringLoop::open_parts(config);
    if (!opened) return std::unexpected(Unavailable{opened.error()});
    parts.push_back(std::move(*opened));
  }
  // A single loop needs nobody to find it.
  if (parts.size() == 1) return std::make_unique<UringLoop>(config, std::move(parts.front()));
  return std::make_unique<LoopTeam<UringLoop>>(config, *dispatch, std::move(parts));
}

}  // namespace gauntlet
