#include "runtimes/multi_loop/multi_loop.hpp"

#include <utility>
#include <vector>

#include "runtimes/loop/epoll_loop.hpp"
#include "runtimes/loop/loop_team.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_multi_loop(const RuntimeConfig& config) {
  const auto dispatch = parse_dispatch(config.dispatch);
  if (!dispatch) return std::unexpected(Unavailable{dispatch.error()});
  std::vector<EpollLoop::Parts> parts;
  for (std::uint32_t i = 0; i < config.worker_threads; ++i) {
    auto opened = EpollLoop::open_parts();
    if (!opened) return std::unexpected(Unavailable{"epoll: " + opened.error().message()});
    parts.push_back(std::move(*opened));
  }
  RuntimeConfig own = config;
  own.backend = "multi_loop";
  return std::make_unique<LoopTeam<EpollLoop>>(own, *dispatch, std::move(parts));
}

}  // namespace gauntlet
