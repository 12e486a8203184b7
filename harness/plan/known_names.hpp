// Names that a person typed, held against those that there are.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "harness/plan/planner.hpp"

namespace gauntlet {

/// "unknown scenario 'laod'; did you mean load?"
std::string unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

/// The canonical name of a runtime given by name or alias; the error names it, with near matches among runtimes and
/// `also`.
std::expected<std::string, std::string> runtime_named(const Catalogue& catalogue, const std::string& name,
                                                      const std::vector<std::string>& also = {});
std::vector<std::string> scenario_names(const Catalogue& catalogue);

}  // namespace gauntlet
