// A small plan and its records, shared by the tests of this folder.
#pragma once

#include <string>

#include "harness/store/environment_record.hpp"
#include "harness/store/plan.hpp"

namespace gauntlet::fixtures {

/// One cell, two runtimes, `rounds` rounds.
Plan small_plan(int rounds = 2);
EnvironmentRecord small_environment();
/// A record with every field filled, for a run of `plan`.
RunRecord full_record(const Plan& plan, std::size_t index);

}  // namespace gauntlet::fixtures
