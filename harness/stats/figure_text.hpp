// A figure as tables show it.
#pragma once

#include <optional>
#include <string>

namespace gauntlet {

/// "4.61", "8001", "-" where there is none.
std::string figure_text(const std::optional<double>& value);

}  // namespace gauntlet
