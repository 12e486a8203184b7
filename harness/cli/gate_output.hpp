// What `gauntlet gate` prints.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/gate/gate_judge.hpp"
#include "harness/gate/gate_run.hpp"

namespace gauntlet {

/// A gate that is over.
struct GateOutcome {
  std::string config;          ///< path of the configuration
  std::string base;            ///< "origin/main (4f2c…)"; empty where nothing was held against a base
  std::string head;            ///< "4f2c…, with uncommitted changes"
  bool identical = false;      ///< base and head run the same program, and were not measured
  std::optional<GateEnd> end;  ///< of the duels; absent when none was run
  int rounds = 0;
  double elapsed_s = 0;
  double budget_s = 0;
  std::vector<GateVerdict> verdicts;
  std::string command;  ///< as typed
  int exit_code = 0;
};

/// What a verdict is held against: "the base", the name of a runtime, "the baseline".
std::string against_text(const GateVerdict& verdict);

/// What to do next, one sentence each; empty when all is well.
std::vector<std::string> next_steps(const GateOutcome& outcome);

/// One line a verdict, then what to do next. Ends with a newline.
std::string gate_table(const GateOutcome& outcome);

/// {schema, ..., verdicts: [...], next: [...], exit_code}
std::string gate_json(const GateOutcome& outcome);

/// Without an end to the budget its seconds are left out.
/// "round 7, 34 s of 180 s: load/http-open single_loop subject_cpu_us_per_request +0.4 % [-1.9 %, +2.2 %]"
std::string gate_progress(int round, double elapsed_s, double budget_s, std::span<const GateVerdict> verdicts);

}  // namespace gauntlet
