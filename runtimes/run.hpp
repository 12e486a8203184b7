// main in one line.
#pragma once

#include "runtimes/contract/config.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

/// The one-line main: runs the task on the default runtime and returns its exit code. A runtime that cannot be had, or
/// an exception, is printed to standard error and gives EXIT_FAILURE.
int run(Task<int> task, const RuntimeConfig& config = {});

}  // namespace gauntlet
