// Results directories that nobody measured, for programs that read them.
#pragma once

#include <string>

#include "harness/cli/tests/started_program.hpp"
#include "harness/store/results_directory.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet::fixtures {

/// Twelve rounds of single_loop and its second arm in the cell load/echo, with the metric cost_us.
class MadeUpBench {
 public:
  MadeUpBench();

  /// Makes a results directory in which every run cost `cost`, a little more or less; returns its path.
  std::string results(const std::string& name, double cost) const;

  Plan plan;
  EnvironmentRecord environment = {.fingerprint = "f00d",
                                   .facts = {{"kernel", "6.1.0", "", true}, {"revision", "abc123", "", true}}};
  ScratchFolder folder;
};

}  // namespace gauntlet::fixtures
