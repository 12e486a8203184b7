// One call of `gauntlet gate`: builds, measures, judges.
#pragma once

#include <cstdio>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/gate_output.hpp"
#include "harness/gate/gate_config.hpp"
#include "harness/measure/cpu_idle.hpp"

namespace gauntlet {

struct GateOptions {
  std::string base;        ///< a revision; empty: none
  std::string base_build;  ///< a folder with the base's programs, in place of a revision
  std::string head_build;  ///< a folder with other programs to hold against it, in place of this build; with base_build
  std::string config;      ///< empty: ci/gate.toml of the sources
  std::string on_unstable;
  std::string cpu_idle;
  std::vector<std::string> only;  ///< kinds: build, rival, count
  std::string record;             ///< file that every run is appended to; empty: none
  int rounds = 0;                 ///< of each comparison, whatever intervals and budget say; 0: as configured
  double budget_s = 0;            ///< 0: that of the configuration
  bool force = false;
  bool update_counts = false;
  bool json = false;
};

/// Why a gate came to nothing.
struct GateRefusal {
  std::string sentence;
  int code = 0;
};

/// ci/gate.toml of the sources that this program was built from.
std::string shipped_gate_config();

/// Measures on this machine; takes as long as the budget allows, and the counts. Progress goes to `told`. Throws
/// Interrupted.
std::expected<GateOutcome, GateRefusal> run_gate(const GateOptions& options, const CpuIdlePlan& cpu_idle,
                                                 const std::string& typed, int interrupt_fd, std::FILE* told);

/// Counts, and writes the baseline; returns its path. Throws Interrupted.
std::expected<std::filesystem::path, GateRefusal> update_counts(const GateOptions& options, const CpuIdlePlan& cpu_idle,
                                                                int interrupt_fd, std::FILE* told);

}  // namespace gauntlet
