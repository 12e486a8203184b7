// POST /orders behind a journal.
#pragma once

#include "runtimes/recovery/config.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

inline constexpr const char* journal_folder_told = "told";
/// In the server's folder: where it tells of effects, and what its failpoints put on record.
inline constexpr const char* effects_name = "effects";
inline constexpr const char* failpoints_record = "failpoints";

recovery::Promise promise_named(const std::string& name);

/// Takes orders until it is stopped. Its folder (parameter `journal_path`, or the first command: "FOLDER", or
/// "FOLDER\nFAILPOINTS" as parse_failpoints() reads them) holds the journal, and the socket or file `effects`, which is
/// told of each order that was executed. Reports its port and what it replayed, when it is open for orders.
Task<int> serve_orders(ServeContext& context);

}  // namespace gauntlet
