// POST /orders behind a journal.
#pragma once

#include "runtimes/recovery/config.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

inline constexpr const char* journal_folder_told = "told";

recovery::Promise promise_named(const std::string& name);

/// Takes orders until it is stopped. Its folder (parameter `journal_path`, or the first command) holds the journal, and
/// the file `effects` with a line for each order that was executed, which only grows. Reports its port and what it
/// replayed, when it is open for orders.
Task<int> serve_orders(ServeContext& context);

}  // namespace gauntlet
