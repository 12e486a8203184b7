// Whether a runtime that stands in another program can be had.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gauntlet {

struct ProbedRuntime {
  bool available = false;
  std::string reason;                 ///< why it is not
  std::vector<std::string> features;  ///< "NAME=VALUE"
};

/// Starts the worker program, which constructs the runtime and says what became of it.
ProbedRuntime probe_worker(const std::filesystem::path& program, const std::string& runtime);

}  // namespace gauntlet
