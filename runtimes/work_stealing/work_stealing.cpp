#include "runtimes/work_stealing/work_stealing.hpp"

#include <algorithm>

#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_work_stealing(const RuntimeConfig& config) {
  const auto dispatch = parse_dispatch(config.dispatch);
  if (!dispatch) return std::unexpected(Unavailable{dispatch.error()});
  Result<Poller> poller = Poller::open();
  if (!poller) return std::unexpected(Unavailable{"epoll: " + poller.error().message()});
  RuntimeConfig own = config;
  own.backend = "work_stealing";
  return std::make_unique<StealingRuntime>(own, *dispatch, std::move(*poller));
}

}  // namespace gauntlet
