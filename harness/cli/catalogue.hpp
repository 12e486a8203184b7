// The scenarios and runtimes of this build, for the planner and for `list`.
#pragma once

#include <filesystem>

#include "harness/plan/known_names.hpp"
#include "harness/plan/planner.hpp"
#include "harness/store/environment_record.hpp"

namespace gauntlet {

Catalogue catalogue_here();
EnvironmentRecord environment_here();
/// Where the suites that come with the sources are.
std::filesystem::path suites_folder();

}  // namespace gauntlet
