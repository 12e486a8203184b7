#include "runtimes/busy_wait/busy_wait.hpp"

#include "runtimes/loop/epoll_loop.hpp"

namespace gauntlet {

namespace {

class BusyWait final : public EpollLoop {
 public:
  BusyWait(const RuntimeConfig& config, Descriptors descriptors)
      : EpollLoop(config, Idle::spin, descriptors.epoll_fd, descriptors.wake_fd) {}
  using EpollLoop::open_descriptors;
};

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_busy_wait(const RuntimeConfig& config) {
  const auto descriptors = BusyWait::open_descriptors();
  if (!descriptors) return std::unexpected(Unavailable{"epoll: " + descriptors.error().message()});
  RuntimeConfig own = config;
  own.backend = "busy_wait";
  return std::make_unique<BusyWait>(own, *descriptors);
}

}  // namespace gauntlet
