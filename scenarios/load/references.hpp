// The references of the load scenario, by name.
#pragma once

#include <string_view>

#include "scenarios/scenario.hpp"

namespace gauntlet {

/// `name` is one of load_info().references. On the calling thread until context.stop_fd is readable. Returns the exit
/// code.
int run_load_reference(std::string_view name, ReferenceContext& context);

}  // namespace gauntlet
