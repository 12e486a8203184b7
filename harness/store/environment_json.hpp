// environment.json.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "harness/store/environment_record.hpp"

namespace gauntlet {

std::string to_json(const EnvironmentRecord& environment);
/// The error names the field.
std::expected<EnvironmentRecord, std::string> parse_environment(std::string_view text);

}  // namespace gauntlet
