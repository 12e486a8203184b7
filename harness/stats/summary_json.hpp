// summary.json.
#pragma once

#include <string>

#include "harness/stats/summary.hpp"

namespace gauntlet {

/// As harness/store/format.md has it. Numbers that do not exist, or are not finite, become null.
std::string to_json(const Summary& summary);

}  // namespace gauntlet
