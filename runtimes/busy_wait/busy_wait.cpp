#include "runtimes/busy_wait/busy_wait.hpp"

#include "runtimes/loop/epoll_loop.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_busy_wait(const RuntimeConfig& config) {
  return EpollLoop::make(config, "busy_wait", EpollLoop::Idle::spin);
}

}  // namespace gauntlet
