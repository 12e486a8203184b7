// What the facts about this machine, and its noise, say to somebody who wants to measure on it.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "harness/doctor/aa_probe.hpp"
#include "harness/measure/environment.hpp"
#include "harness/stats/resolution.hpp"

namespace gauntlet {

/// Of a probe.
struct Noise {
  std::size_t pairs = 0;
  double elapsed_s = 0;
  std::size_t pairs_per_minute = 0;
  Resolution resolution;  ///< for one minute
};

struct Diagnosis {
  std::vector<Fact> findings;  ///< the worst first, otherwise in the order of the environment
  std::optional<Noise> noise;  ///< absent when no probe was asked for, or it failed
  std::string probe_failure;   ///< one sentence
};

/// A machine that cannot tell a change of this size in a minute is not fit to measure.
inline constexpr double kCoarsestResolution = 0.10;

/// Every fact that says what it does to a measurement; `probe` may be absent.
Diagnosis diagnose(const Environment& environment, const std::optional<std::expected<AaProbe, std::string>>& probe);

/// False with a problem among the findings, a probe that failed, or one that shows more noise than anybody can use.
bool is_fit_to_measure(const Diagnosis& diagnosis);

/// For a terminal or a pipe. Ends with a newline.
std::string diagnosis_text(const Diagnosis& diagnosis, bool colours);

/// {schema, findings: [...], probe: {...} or null, probe_failure, fit}
std::string diagnosis_json(const Diagnosis& diagnosis);

}  // namespace gauntlet
