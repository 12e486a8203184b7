// busy_wait: the negative control. The same epoll loop, but it polls and yields instead of blocking: the anti-pattern
// that gates must reject.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_busy_wait(const RuntimeConfig& config);

}  // namespace gauntlet
