// libuv: a uv_loop_t on every worker thread.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

/// libuv writes without MSG_NOSIGNAL and asks its users to ignore SIGPIPE; where the process has left that signal to
/// its default, this ignores it.
std::expected<std::unique_ptr<Runtime>, Unavailable> make_libuv(const RuntimeConfig& config);

}  // namespace gauntlet
