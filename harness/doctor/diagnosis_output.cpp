#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/diagnosis.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

constexpr const char* kPlain = "\033[0m";

const char* colour_of(FactLevel level) {
  switch (level) {
    case FactLevel::ok:
      return "\033[32m";
    case FactLevel::note:
      return "\033[36m";
    case FactLevel::warning:
      return "\033[33m";
    case FactLevel::problem:
      return "\033[31m";
  }
  return kPlain;
}

std::string finding_text(const Fact& fact, bool colours) {
  const std::string word = fmt::format("{:<8}", word_of(fact.level));
  std::string text = fmt::format("{} {:<23} {}\n{:9}{}\n", colours ? colour_of(fact.level) + word + kPlain : word,
                                 fact.name, fact.value, "", fact.effect);
  if (fact.level != FactLevel::ok && !fact.fix.empty()) text += fmt::format("{:9}fix: {}\n", "", fact.fix);
  return text;
}

std::string noise_text(const Noise& noise) {
  return fmt::format(
      "\nA/A probe: {} pairs of runs of one program in {:.0f} s. The halves of a pair differ by {:.1f} % (standard "
      "deviation).\nIn one minute ({} pairs) this machine resolves a change of {:.1f} % or more ({:.0f} times of "
      "100),\ngive or take {:.0f} % of that.\n",
      noise.pairs, noise.elapsed_s, noise.resolution.spread * 100, noise.pairs_per_minute,
      noise.resolution.effect * 100, kResolutionPower * 100, noise.resolution.uncertainty * 100);
}

std::string conclusion(const Diagnosis& diagnosis) {
  const auto count = [&](FactLevel level) { return std::ranges::count(diagnosis.findings, level, &Fact::level); };
  const std::string found = fmt::format("{} problem(s), {} warning(s), {} note(s)", count(FactLevel::problem),
                                        count(FactLevel::warning), count(FactLevel::note));
  if (is_fit_to_measure(diagnosis)) return fmt::format("\nfit to measure: {}\n", found);
  return fmt::format(
      "\nnot fit to measure: {}{}\n", found,
      diagnosis.noise && diagnosis.noise->resolution.effect > kCoarsestResolution ? ", too much noise" : "");
}

}  // namespace

std::string diagnosis_text(const Diagnosis& diagnosis, bool colours) {
  std::string text;
  for (const Fact& fact : diagnosis.findings) text += finding_text(fact, colours);
  if (diagnosis.noise) text += noise_text(*diagnosis.noise);
  if (!diagnosis.probe_failure.empty()) text += fmt::format("\nA/A probe: {}\n", diagnosis.probe_failure);
  return text + conclusion(diagnosis);
}

std::string diagnosis_json(const Diagnosis& diagnosis) {
  Json findings = Json::array();
  for (const Fact& fact : diagnosis.findings) {
    findings.push_back({{"name", fact.name},
                        {"value", fact.value},
                        {"level", word_of(fact.level)},
                        {"effect", fact.effect},
                        {"fix", fact.fix}});
  }
  Json probe = nullptr;
  if (const auto& noise = diagnosis.noise) {
    probe = {{"pairs", noise->pairs},
             {"elapsed_s", noise->elapsed_s},
             {"spread", noise->resolution.spread},
             {"pairs_per_minute", noise->pairs_per_minute},
             {"resolved_in_one_minute", noise->resolution.effect},
             {"relative_standard_error", noise->resolution.uncertainty},
             {"power", kResolutionPower}};
  }
  return dump_pretty({{"schema", "gauntlet.doctor/1"},
                      {"findings", findings},
                      {"probe", probe},
                      {"probe_failure", diagnosis.probe_failure},
                      {"fit", is_fit_to_measure(diagnosis)}});
}

}  // namespace gauntlet
