// What a gate leaves for the machine that runs it: a test report, a step summary, annotations.
#pragma once

#include <expected>
#include <string>

#include "harness/cli/gate_output.hpp"

namespace gauntlet {

/// A test case per verdict: failed what is slower or broken, errors what is unstable or invalid.
std::string gate_junit(const GateOutcome& outcome);
/// One test case in error: the gate came to nothing.
std::string refusal_junit(const std::string& sentence);

/// Markdown: a table of verdicts, and what to do next.
std::string gate_step_summary(const GateOutcome& outcome);

/// Workflow commands of GitHub Actions, a line each: errors for what fails the gate, warnings for what was not decided.
std::string gate_annotations(const GateOutcome& outcome);

/// Appends the summary to the file that GITHUB_STEP_SUMMARY names, if any.
std::expected<void, std::string> append_step_summary(const GateOutcome& outcome);
/// True under GitHub Actions.
bool wants_annotations();

}  // namespace gauntlet
