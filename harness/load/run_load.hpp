// A whole load: connect, warm up, measure, drain, judge.
#pragma once

#include <expected>
#include <string>

#include "harness/load/protocol.hpp"

namespace gauntlet {

/// The request must be valid (asserted). Pins the calling thread when the request names CPUs. Bounded in time: connect
/// 10 s, warm-up and window as planned, drain 2 s. The error says why no load could be offered at all.
std::expected<LoadResult, std::string> run_load(const LoadRequest& request);

}  // namespace gauntlet
