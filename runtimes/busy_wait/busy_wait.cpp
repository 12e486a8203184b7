#include "runtimes/busy_wait/busy_wait.hpp"

#include <utility>

#include "runtimes/loop/epoll_loop.hpp"

namespace gauntlet {

namespace {

class BusyWait final : public EpollLoop {
 public:
  BusyWait(const RuntimeConfig& config, Parts parts) : EpollLoop(config, Idle::spin, std::move(parts)) {}
};

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_busy_wait(const RuntimeConfig& config) {
  auto parts = EpollLoop::open_parts();
  if (!parts) return std::unexpected(Unavailable{"epoll: " + parts.error().message()});
  RuntimeConfig own = config;
  own.backend = "busy_wait";
  return std::make_unique<BusyWait>(own, std::move(*parts));
}

}  // namespace gauntlet
