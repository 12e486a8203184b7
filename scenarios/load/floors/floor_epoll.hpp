// The least code that can answer: a bare epoll loop.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

/// Echo, or the fixed answer of /plaintext for every "\r\n\r\n"; nothing else is looked at. On the calling thread until
/// context.stop_fd is readable. Returns the exit code.
int run_floor_epoll(ReferenceContext& context);

}  // namespace gauntlet
