#include "runtimes/single_loop/single_loop.hpp"

#include "runtimes/loop/epoll_loop.hpp"

namespace gauntlet {

namespace {

class SingleLoop final : public EpollLoop {
 public:
  SingleLoop(const RuntimeConfig& config, Descriptors descriptors)
      : EpollLoop(config, Idle::block, descriptors.epoll_fd, descriptors.wake_fd) {}
  using EpollLoop::open_descriptors;
};

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_single_loop(const RuntimeConfig& config) {
  const auto descriptors = SingleLoop::open_descriptors();
  if (!descriptors) return std::unexpected(Unavailable{"epoll: " + descriptors.error().message()});
  RuntimeConfig own = config;
  own.backend = "single_loop";
  return std::make_unique<SingleLoop>(own, *descriptors);
}

}  // namespace gauntlet
