// fallback: one thread, at most 32 tasks, first in first out; what is left where nothing else is registered.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_fallback(const RuntimeConfig& config);

}  // namespace gauntlet
