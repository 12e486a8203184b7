// Which program runs a runtime or reference.
#pragma once

#include <string>

#include "scenarios/info.hpp"

namespace gauntlet {

/// A file name. Runtimes and references that cannot share a program with the others have a worker of their own.
std::string worker_program_of(const std::string& runtime, const ScenarioInfo& scenario);

}  // namespace gauntlet
