// plan.json.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "harness/store/plan.hpp"

namespace gauntlet {

std::string to_json(const Plan& plan);
/// The error names the field.
std::expected<Plan, std::string> parse_plan(std::string_view text);

}  // namespace gauntlet
