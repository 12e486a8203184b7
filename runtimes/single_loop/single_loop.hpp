// single_loop: one epoll loop on the thread that runs it.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_single_loop(const RuntimeConfig& config);

}  // namespace gauntlet
