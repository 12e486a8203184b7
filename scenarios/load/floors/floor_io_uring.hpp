// The least code that can answer, on io_uring: one bare ring.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

/// As run_floor_epoll() answers; on multishot requests, provided buffers and one enter for all that is due. Where the
/// kernel has no such ring: an error, with the reason.
int run_floor_io_uring(ReferenceContext& context);

}  // namespace gauntlet
