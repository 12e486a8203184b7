// The scenarios and runtimes of this build, for the planner and for `list`.
#pragma once

#include <filesystem>
#include <string>

#include "harness/plan/planner.hpp"
#include "harness/store/environment_record.hpp"

namespace gauntlet {

Catalogue catalogue_here();
EnvironmentRecord environment_here();
/// Where the suites that come with the sources are.
std::filesystem::path suites_folder();

/// "unknown scenario 'laod'; did you mean load?"
std::string unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

/// The canonical name of a runtime given by name or alias; the error names it, with near matches among runtimes and
/// `also`.
std::expected<std::string, std::string> runtime_named(const Catalogue& catalogue, const std::string& name,
                                                      const std::vector<std::string>& also = {});
std::vector<std::string> scenario_names(const Catalogue& catalogue);

}  // namespace gauntlet
