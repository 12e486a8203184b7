#include "runtimes/single_loop/single_loop.hpp"

#include "runtimes/loop/epoll_loop.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_single_loop(const RuntimeConfig& config) {
  return EpollLoop::make(config, "single_loop", EpollLoop::Idle::block);
}

}  // namespace gauntlet
