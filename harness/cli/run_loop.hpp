// The planned runs, one after the other.
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>

#include "harness/cli/progress.hpp"
#include "harness/store/results_directory.hpp"
#include "harness/subject/execute_run.hpp"

namespace gauntlet {

/// Takes a finished run; an error ends the loop.
using KeepRun = std::function<std::expected<void, std::string>(RunOutcome&)>;

/// False when it was interrupted: the run in progress is given up, the finished ones were kept. The error is one line.
std::expected<bool, std::string> run_all(std::span<const RunSpec> specs, const SubjectSetup& setup, Progress& progress,
                                         const KeepRun& keep);

/// Writes histograms and record of a run.
std::expected<void, std::string> store_run(ResultsDirectory& results, RunOutcome& outcome);

}  // namespace gauntlet
