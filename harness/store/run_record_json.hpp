// A line of runs.jsonl.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "harness/store/run_record.hpp"

namespace gauntlet {

/// Without a newline. A metric that is not finite was not measured, and is left out.
std::string to_json(const RunRecord& record);
/// The error names the field.
std::expected<RunRecord, std::string> parse_run_record(std::string_view text);

}  // namespace gauntlet
