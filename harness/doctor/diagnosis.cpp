#include "harness/doctor/diagnosis.hpp"

#include <algorithm>

namespace gauntlet {

Diagnosis diagnose(const Environment& environment, const std::optional<std::expected<AaProbe, std::string>>& probe) {
  Diagnosis diagnosis;
  for (const FactLevel level : {FactLevel::problem, FactLevel::warning, FactLevel::note, FactLevel::ok}) {
    for (const Fact& fact : environment.facts) {
      if (fact.level == level && !fact.effect.empty()) diagnosis.findings.push_back(fact);
    }
  }
  if (!probe) return diagnosis;
  if (!*probe) {
    diagnosis.probe_failure = probe->error();
    return diagnosis;
  }
  const AaProbe& seen = **probe;
  Noise noise{.pairs = seen.log_ratios.size(),
              .elapsed_s = seen.elapsed_s,
              .pairs_per_minute = static_cast<std::size_t>(60 / seen.seconds_per_pair),
              .resolution = {}};
  if (const auto resolution = resolution_of(seen.log_ratios, noise.pairs_per_minute)) {
    noise.resolution = *resolution;
    diagnosis.noise = noise;
  } else {
    diagnosis.probe_failure = "the probe's runs take so long that a minute holds too few of them to tell anything";
  }
  return diagnosis;
}

bool is_fit_to_measure(const Diagnosis& diagnosis) {
  if (std::ranges::any_of(diagnosis.findings, [](const Fact& fact) { return fact.level == FactLevel::problem; })) {
    return false;
  }
  if (!diagnosis.probe_failure.empty()) return false;
  return !diagnosis.noise || diagnosis.noise->resolution.effect <= kCoarsestResolution;
}

}  // namespace gauntlet
