#include "runtimes/work_stealing/work_stealing.hpp"

#include <algorithm>

#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_work_stealing(const RuntimeConfig& config) {
  Result<Poller> poller = Poller::open();
  if (!poller) return std::unexpected(Unavailable{"epoll: " + poller.error().message()});
  RuntimeConfig own = config;
  own.backend = "work_stealing";
  return std::make_unique<StealingRuntime>(own, std::move(*poller));
}

}  // namespace gauntlet
