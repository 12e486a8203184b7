// Figures as tables show them.
#pragma once

#include <optional>
#include <string>

#include "harness/stats/paired_ratio.hpp"

namespace gauntlet {

/// "4.61", "8001", "-" where there is none.
std::string figure_text(const std::optional<double>& value);

/// "1.042 [1.031, 1.054]", without the interval where none is known, `none` where there is no ratio.
std::string ratio_text(const PairedRatio& ratio, const std::string& none);

}  // namespace gauntlet
