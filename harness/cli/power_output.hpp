// What `gauntlet power` prints.
#pragma once

#include <array>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/gate_power.hpp"

namespace gauntlet {

/// Real gates by their ending.
using EndingCounts = std::array<std::size_t, kGateEndings>;

/// Of one report of `gauntlet gate --json`. The error tells what is wrong with it.
std::expected<GateEnding, std::string> ending_of_report(std::string_view gate_json, const std::string& metric);

struct PowerAnswer {
  std::string command;
  std::string metric;  ///< empty: whatever is gated
  std::optional<GatePower> power;
  std::optional<EndingCounts> gates;
};

std::string power_table(const PowerAnswer& answer);
/// {schema, ...}; shares and intervals are fractions.
std::string power_json(const PowerAnswer& answer);

}  // namespace gauntlet
