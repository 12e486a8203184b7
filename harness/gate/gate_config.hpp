// ci/gate.toml as written: what must not get worse. The keys are explained in that file.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/stats/verdict.hpp"

namespace gauntlet {

/// What every table of the file says. Names are as written; make_gate_plan() checks them.
struct GateEntry {
  std::string cell;  ///< what it is called behind the scenario's name
  std::string scenario;
  std::map<std::string, std::string> params;
  bool smoke = false;  ///< parameters that are not given take their smoke sizes
  double seconds = 3;  ///< estimate for one run, everything included
  std::string where;   ///< "ci/gate.toml:12", to begin an error with
};

/// `[[build]]`: this build against the base, on each of the runtimes.
struct BuildGate : GateEntry {
  std::vector<std::string> runtimes;
  std::map<std::string, double> metrics;  ///< with the smallest effect that counts as a change
};

/// `[[rival]]`: a runtime against its floor or another runtime, both of this build.
struct RivalGate : GateEntry {
  std::string runtime;
  std::string against;
  std::string metric;
  double limit = 1;  ///< runtime/against may be this much: at most where lower is better, else at least
  double minimum_effect = kMinimumEffect;
};

/// `[[count]]`: what this build counts against a stored baseline.
struct CountGate : GateEntry {
  std::vector<std::string> runtimes;
  std::map<std::string, double> metrics;  ///< with the tolerance relative to the baseline; 0: exact
  std::map<std::string, double> slack;    ///< beyond that, in the metric's unit
  int rounds = 3;                         ///< their median counts
  bool portable = false;                  ///< depends neither on machine nor kernel: the baseline holds anywhere
};

struct GateConfig {
  std::string file;
  double budget_s = 180;  ///< for builds and rivals together
  int least_rounds = 12;
  int most_rounds = 60;
  double alpha = 0.05;
  OnUnstable on_unstable = OnUnstable::not_measured;
  std::string counts = "counts.json";  ///< the baseline file, beside the configuration
  std::vector<BuildGate> builds;
  std::vector<RivalGate> rivals;
  std::vector<CountGate> counted;
};

/// An error is one line, "FILE:LINE: WHAT": a syntax error, an unknown key (with near matches), a value of the wrong
/// type or out of range, or that nothing is gated.
std::expected<GateConfig, std::string> parse_gate_config(std::string_view text, const std::string& file);
std::expected<GateConfig, std::string> load_gate_config(const std::filesystem::path& path);

}  // namespace gauntlet
