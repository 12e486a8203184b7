// --cpu-idle of the commands that measure.
#pragma once

#include <expected>
#include <string>

#include "harness/measure/cpu_idle.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace gauntlet {

/// `word` outlives the parsing.
void add_cpu_idle_option(CLI::App& command, std::string& word);

/// `word` is one that the option takes, or empty for its default (asserted).
std::expected<CpuIdlePlan, std::string> plan_cpu_idle_here(const std::string& word);

}  // namespace gauntlet
