// What a gate measures: every name checked, every parameter filled in.
#pragma once

#include <array>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/gate_config.hpp"
#include "harness/plan/planner.hpp"

namespace gauntlet {

/// Whose worker runs.
enum class Build { head, base };

enum class GateKind { build, rival, count };
std::string_view word_of(GateKind kind);

struct GateArm {
  std::string arm;  ///< "head", "against" or "again": the second half of the A/A pair is the opponent's
  Build build = Build::head;
  std::string runtime;
  Role role = Role::contender;
};

struct GatedMetric {
  MetricInfo info;
  double minimum_effect = kMinimumEffect;
};

/// A runtime and its opponent: itself as the base has it, or a rival. All three arms run in each round.
struct Duel {
  GateKind kind = GateKind::build;
  std::string cell;  ///< "load/http-open"
  std::string scenario;
  std::map<std::string, std::string> params;
  double seconds = 0;
  double limit = 1;  ///< that ratios are held against
  std::vector<GatedMetric> metrics;
  std::array<GateArm, 3> arms;

  /// What its records are found by: "load/http-open single_loop".
  std::string name() const { return cell + " " + runtime(); }
  const std::string& runtime() const { return arms[0].runtime; }
  const std::string& against() const { return arms[1].runtime; }
};

struct CountedMetric {
  MetricInfo info;
  double tolerance = 0;  ///< relative to the baseline
  double slack = 0;      ///< in the metric's unit
};

struct CountCheck {
  std::string cell;
  std::string scenario;
  std::map<std::string, std::string> params;
  double seconds = 0;
  std::string runtime;
  std::vector<CountedMetric> metrics;
  int rounds = 3;
  bool portable = false;

  std::string name() const { return cell + " " + runtime; }
};

struct GatePlan {
  double budget_s = 180;
  int least_rounds = 12, most_rounds = 60;
  double alpha = 0.05;
  std::vector<Duel> duels;
  std::vector<CountCheck> counts;
};

/// The error is one line: it names the place in the file and what is unknown there, with near matches.
std::expected<GatePlan, std::string> make_gate_plan(const GateConfig& config, const Catalogue& catalogue);

}  // namespace gauntlet
