// --profile and --placement of the commands that run scenarios.
#pragma once

#include <string>
#include <vector>

#include "harness/store/plan.hpp"
#include "harness/subject/harness_bench.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gauntlet {

struct ConditionOptions {
  bool profile = false;
  std::string placement = "apart";
};

/// `options` outlives the parsing. What was added, for the caller to exclude from others.
std::vector<CLI::Option*> add_condition_options(CLI::App& command, ConditionOptions& options);

/// What was asked for becomes the plan's, where a resumed bench finds it again.
void apply_conditions(const ConditionOptions& options, Plan& plan);
/// What the plan says becomes true of its runs.
void apply_conditions(const Plan& plan, SubjectSetup& setup);

}  // namespace gauntlet
