// work_stealing: several workers that share their tasks, one epoll instance that whoever parks polls.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_work_stealing(const RuntimeConfig& config);

}  // namespace gauntlet
