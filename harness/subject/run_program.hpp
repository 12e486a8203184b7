// A program that is run to its end, for what it says.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <vector>

#include "harness/subject/child_process.hpp"

namespace gauntlet {

struct ProgramRun {
  ExitStatus status;
  std::string output, errors;
};

/// `arguments` begin with the program, which is looked for in PATH, and may begin with NAME=VALUE for its environment.
/// The error tells that it could not be started, or took longer than `limit` (then it is killed). Throws Interrupted
/// when `interrupt_fd` becomes readable.
std::expected<ProgramRun, std::string> run_program(const std::vector<std::string>& arguments,
                                                   std::chrono::seconds limit, int interrupt_fd);

}  // namespace gauntlet
