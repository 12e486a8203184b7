// The scenarios and runtimes of this build, for the planner and for `list`.
#pragma once

#include <filesystem>

#include "harness/measure/environment.hpp"
#include "harness/plan/known_names.hpp"
#include "harness/plan/planner.hpp"
#include "harness/store/environment_record.hpp"

namespace gauntlet {

Catalogue catalogue_here();
/// `cpu_idle`: of CpuIdlePlan.
EnvironmentRecord environment_here(const Fact& cpu_idle);
/// Where the suites that come with the sources are.
std::filesystem::path suites_folder();

}  // namespace gauntlet
