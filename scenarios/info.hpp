// What a scenario declares about itself, and the words of its judgement. Plain data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/parameters.hpp"

namespace gauntlet {

/// Which direction of a metric is an improvement.
enum class Better { lower, higher };

/// One figure that a run yields. `name` ends in its unit (`latency_p99_us`).
struct MetricInfo {
  std::string name;
  std::string unit;
  Better better = Better::lower;
  std::string description;
};

/// `must`: a rule whose breach fails the run. `headline`: somebody's number, reported as met or missed.
enum class ClaimKind { must, headline };

/// A bound on one metric: `metric <= limit` when better is lower, `metric >= limit` otherwise.
struct ClaimInfo {
  std::string name;
  ClaimKind kind = ClaimKind::must;
  std::string metric;
  double limit = 0;
  std::string source;  ///< who states it: a source document or a rule of method
};

/// The least code that can do the job, measured beside the runtimes.
struct ReferenceInfo {
  std::string name;  ///< used where a runtime's name would stand, e.g. `floor_epoll`
  std::string description;
  std::string worker_program = "gauntlet-worker";  ///< which one has it, beside the other programs
};

struct ScenarioInfo {
  std::string name;
  std::string question;
  std::vector<ParameterInfo> parameters;
  std::vector<MetricInfo> metrics;  ///< the first is the one that charts and verdicts lead with
  std::vector<ClaimInfo> claims;
  std::vector<ReferenceInfo> references;
  bool offers_load = true;  ///< false: no generator runs beside the subject, which then gets every CPU
};

/// Why a point may not be trusted, in one sentence. Severity `invalid` voids the run.
struct Warning {
  enum class Severity { note, invalid } severity = Severity::note;
  std::string code;  ///< `generator_bound`, `schedule_missed`, `not_steady`, `disturbed`, ...
  std::string text;
};

/// What drive() saw. Metric names are those of ScenarioInfo::metrics.
struct Observations {
  std::map<std::string, double> metrics;
  std::uint64_t wrong_answers = 0;
  std::uint64_t unanswered = 0;  ///< of these, requests that were merely not answered in time
  std::string first_error;
  std::vector<Warning> warnings;
};

enum class RunStatus { ok, failed, skipped, invalid };

struct ClaimVerdict {
  std::string claim;
  ClaimKind kind = ClaimKind::must;
  bool met = false;
  std::string metric;
  double value = 0, limit = 0;
  std::string text;  ///< one sentence
};

struct Judgement {
  RunStatus status = RunStatus::ok;
  std::string reason;  ///< one sentence, empty when ok
  std::vector<ClaimVerdict> verdicts;
};

}  // namespace gauntlet
