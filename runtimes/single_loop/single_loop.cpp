#include "runtimes/single_loop/single_loop.hpp"

#include <utility>

#include "runtimes/loop/epoll_loop.hpp"

namespace gauntlet {

namespace {

class SingleLoop final : public EpollLoop {
 public:
  SingleLoop(const RuntimeConfig& config, Parts parts) : EpollLoop(config, Idle::block, std::move(parts)) {}
};

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_single_loop(const RuntimeConfig& config) {
  auto parts = EpollLoop::open_parts();
  if (!parts) return std::unexpected(Unavailable{"epoll: " + parts.error().message()});
  RuntimeConfig own = config;
  own.backend = "single_loop";
  return std::make_unique<SingleLoop>(own, std::move(*parts));
}

}  // namespace gauntlet
