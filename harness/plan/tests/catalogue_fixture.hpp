// Scenarios and runtimes as the shipped suites expect them, without either.
#pragma once

#include "harness/plan/planner.hpp"

namespace gauntlet::fixtures {

/// `load` and `busy_wait`, three runtimes and the negative control `busy_wait`.
Catalogue small_catalogue();

}  // namespace gauntlet::fixtures
