#include "harness/cli/power_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "harness/stats/binomial_interval.hpp"
#include "harness/stats/figure_text.hpp"
#include "harness/stats/ratio_json.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

constexpr std::array<const char*, kGateEndings> kEndings = {"slower", "faster", "undecided", "same"};
constexpr std::array kWords = {VerdictWord::faster,   VerdictWord::slower,  VerdictWord::same,
                               VerdictWord::unstable, VerdictWord::invalid, VerdictWord::skipped};

std::vector<GateVerdict> verdicts_of(const Json& report) {
  check_schema(report, "gauntlet.gate", 1);
  std::vector<GateVerdict> verdicts;
  for (const Json& entry : field(report, "verdicts")) {
    GateVerdict verdict;
    verdict.metric.name = field_as<std::string>(entry, "metric");
    const auto said = field_as<std::string>(entry, "verdict");
    const auto word = std::ranges::find_if(kWords, [&](VerdictWord known) { return word_of(known) == said; });
    if (word == kWords.end()) throw FieldError(fmt::format("field 'verdict' holds the unknown word '{}'", said));
    verdict.verdict.word = *word;
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

std::size_t total(const EndingCounts& gates) { return std::accumulate(gates.begin(), gates.end(), std::size_t{0}); }

std::string share_text(double share, const Interval& interval) {
  return fmt::format("{:5.1f} % [{:.1f}, {:.1f}]", share * 100, interval.low * 100, interval.high * 100);
}

std::string row(const std::string& name, const EndingShares& shares) {
  std::string text = fmt::format("  {:<22}", name);
  for (const ResampledShare& share : shares) text += fmt::format("{:<24}", share_text(share.share, share.interval));
  while (text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

std::string gates_table(const EndingCounts& gates) {
  std::string text = fmt::format("\n{} real gates (intervals after Clopper and Pearson):\n", total(gates));
  for (std::size_t ending = 0; ending < kGateEndings; ++ending) {
    const double share = static_cast<double>(gates[ending]) / static_cast<double>(total(gates));
    text += fmt::format("  {:<22}{:<4}{}\n", kEndings[ending], gates[ending],
                        share_text(share, clopper_pearson(gates[ending], total(gates))));
  }
  return text;
}

Json shares_json(const EndingShares& shares) {
  Json json;
  for (std::size_t ending = 0; ending < kGateEndings; ++ending) {
    const ResampledShare& share = shares[ending];
    json[kEndings[ending]] = {{"share", share.share}, {"low", share.interval.low}, {"high", share.interval.high}};
  }
  return json;
}

Json gates_json(const EndingCounts& gates) {
  Json json = {{"gates", total(gates)}};
  for (std::size_t ending = 0; ending < kGateEndings; ++ending) {
    const Interval interval = clopper_pearson(gates[ending], total(gates));
    json[kEndings[ending]] = {{"count", gates[ending]}, {"low", interval.low}, {"high", interval.high}};
  }
  return json;
}

Json effect_json(const GateVerdict& verdict) {
  Json json = {{"kind", word_of(verdict.kind)},
               {"cell", verdict.cell},
               {"runtime", verdict.runtime},
               {"metric", verdict.metric.name},
               {"unit", verdict.metric.unit},
               {"head", number_json(verdict.head)},
               {"opponent", number_json(verdict.opponent)}};
  add_ratio(json, verdict.ratio);
  add_interval(json, "noise_low", "noise_high", verdict.noise.interval);
  return json;
}

Json recorded_json(const GatePower& power) {
  Json effects = Json::array(), curve = Json::array();
  for (const GateVerdict& verdict : power.effects) effects.push_back(effect_json(verdict));
  for (const PowerPoint& point : power.curve) {
    Json entry = {{"rounds", point.rounds}};
    entry.update(shares_json(point.shares));
    curve.push_back(std::move(entry));
  }
  Json json = {{"rounds", power.recorded}, {"effects", effects}, {"curve", curve}, {"as_configured", nullptr}};
  if (power.as_configured) {
    json["as_configured"] = {{"median_rounds", power.median_rounds}, {"median_s", power.median_s}};
    json["as_configured"].update(shares_json(*power.as_configured));
  }
  return json;
}

}  // namespace

std::expected<GateEnding, std::string> ending_of_report(std::string_view gate_json, const std::string& metric) {
  const auto verdicts = read_object(gate_json, verdicts_of);
  if (!verdicts) return std::unexpected(verdicts.error());
  return ending_of(*verdicts, metric);
}

std::string power_table(const PowerAnswer& answer) {
  std::string text;
  if (answer.power) {
    const GatePower& power = *answer.power;
    text += fmt::format("{} rounds were recorded; what they hold:\n", power.recorded);
    for (const GateVerdict& verdict : power.effects) {
      text += fmt::format("  {} {} {}: {} -> {} {}, ratio {}\n", verdict.cell, verdict.runtime, verdict.metric.name,
                          figure_text(verdict.opponent), figure_text(verdict.head), verdict.metric.unit,
                          ratio_text(verdict.ratio, "-"));
    }
    text += "\nShare of gates, made of these rounds, in which something is ...\n";
    text += fmt::format("  {:<22}{:<24}{:<24}{:<24}{}\n", "rounds", "slower", "faster", "undecided", "all the same");
    for (const PowerPoint& point : power.curve) text += row(std::to_string(point.rounds), point.shares);
    if (power.as_configured) {
      text += row(fmt::format("as configured ({:.0f})", power.median_rounds), *power.as_configured);
    }
  }
  if (answer.gates) text += gates_table(*answer.gates);
  return text;
}

std::string power_json(const PowerAnswer& answer) {
  return dump_pretty({{"schema", "gauntlet.power/1"},
                      {"command", answer.command},
                      {"metric", answer.metric.empty() ? Json() : Json(answer.metric)},
                      {"recorded", answer.power ? recorded_json(*answer.power) : Json()},
                      {"gates", answer.gates ? gates_json(*answer.gates) : Json()}});
}

}  // namespace gauntlet
