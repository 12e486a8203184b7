// The facts about machine, kernel and build that a figure means nothing without.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/machine_view.hpp"

namespace gauntlet {

/// What a fact does to a measurement. `note`: to be known when figures are read. `warning`: it widens the noise or
/// bends a figure. `problem`: figures taken here are not to be trusted.
enum class FactLevel { ok, note, warning, problem };
std::string_view word_of(FactLevel level);

struct Fact {
  std::string name;   ///< snake_case
  std::string value;  ///< `unknown` where the machine does not tell
  std::string effect =
      {};                ///< on a measurement, one sentence without a full stop; empty: it only says what was measured
  std::string fix = {};  ///< the command, or what else to do; empty where nothing is to be done
  FactLevel level = FactLevel::ok;
  bool identifies = false;  ///< results under another value of this fact are not to be compared
};

/// Effect and remedy of a fact that disturbs measuring, in one sentence; empty below FactLevel::warning.
std::string warning_of(const Fact& fact);

struct Environment {
  std::string fingerprint;  ///< of the facts that identify
  std::vector<Fact> facts;  ///< in the order in which a person wants to read them
};

/// Asks `git`, too, when the sources that this was built from still stand where they stood. Takes some milliseconds.
/// `cpu_idle`: what the harness itself does to this machine while it measures (CpuIdlePlan::fact).
Environment collect_environment(const MachineView& machine, const Fact& cpu_idle);

/// Hexadecimal hash over names and values of the facts that identify; their order does not matter.
std::string fingerprint_of(const std::vector<Fact>& facts);

}  // namespace gauntlet
