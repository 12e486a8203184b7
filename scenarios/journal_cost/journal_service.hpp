// The subject of journal_cost.
#pragma once

#include "scenarios/scenario.hpp"

namespace gauntlet {

inline constexpr const char* no_journal = "none";
/// Commands: a round of AppendRates, and index_ms(). Each is answered with a report.
inline constexpr const char* round_command = "round";
inline constexpr const char* index_command = "index";

/// Takes orders until it is stopped, and keeps them as the parameters journal_backend and promise say.
Task<int> serve_with_journal(ServeContext& context);

}  // namespace gauntlet
