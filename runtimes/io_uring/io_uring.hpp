// io_uring: a ring on every worker thread.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

/// A ring belongs to the thread that drives it. run() leaves no request behind in the kernel, so between two
/// runs the runtime may move to another thread; between two poll_once() it may not while operations are in flight.
std::expected<std::unique_ptr<Runtime>, Unavailable> make_io_uring(const RuntimeConfig& config);

}  // namespace gauntlet
