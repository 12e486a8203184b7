// multi_loop: an epoll loop on every worker thread.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_multi_loop(const RuntimeConfig& config);

}  // namespace gauntlet
