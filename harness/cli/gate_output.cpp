#include "harness/cli/gate_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/figure_text.hpp"
#include "harness/stats/ratio_json.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

bool has(const GateOutcome& outcome, VerdictWord word) {
  return std::ranges::any_of(outcome.verdicts,
                             [word](const GateVerdict& verdict) { return verdict.verdict.word == word; });
}

const GateVerdict* first_slower(const GateOutcome& outcome, GateKind kind) {
  for (const GateVerdict& verdict : outcome.verdicts) {
    if (verdict.kind == kind && verdict.verdict.word == VerdictWord::slower) return &verdict;
  }
  return nullptr;
}

Json verdict_json(const GateVerdict& verdict) {
  Json json;
  json["kind"] = word_of(verdict.kind);
  json["cell"] = verdict.cell;
  json["runtime"] = verdict.runtime;
  json["against"] = verdict.kind == GateKind::build ? Json("base") : Json(verdict.against);
  json["metric"] = verdict.metric.name;
  json["unit"] = verdict.metric.unit;
  json["better"] = word_of(verdict.metric.better);
  json["limit"] = verdict.limit;
  json["minimum_effect"] = verdict.minimum_effect;
  json["head"] = number_json(verdict.head);
  json["opponent"] = number_json(verdict.opponent);
  json["allowed"] = number_json(verdict.allowed);
  add_ratio(json, verdict.ratio);
  json["p"] = number_json(verdict.p);
  json["adjusted_p"] = number_json(verdict.adjusted_p);
  add_interval(json, "noise_low", "noise_high", verdict.noise.interval);
  json["verdict"] = word_of(verdict.verdict.word);
  json["reason"] = verdict.verdict.reason;
  json["broken"] = verdict.broken;
  return json;
}

}  // namespace

std::string against_text(const GateVerdict& verdict) {
  return verdict.kind == GateKind::build ? "the base" : verdict.against;
}

std::vector<std::string> next_steps(const GateOutcome& outcome) {
  std::vector<std::string> steps;
  if (std::ranges::any_of(outcome.verdicts, &GateVerdict::broken)) {
    steps.push_back("something fails in this build: see it with `gauntlet run SCENARIO --runtime RUNTIME`");
  }
  if (const auto* slower = first_slower(outcome, GateKind::build)) {
    steps.push_back(
        fmt::format("{} costs more than in the base: profile it with `gauntlet serve {} --runtime {}` under "
                    "`perf record -g`, in both builds; if the cost is worth it, say so in the commit",
                    slower->runtime, slower->cell.substr(0, slower->cell.find('/')), slower->runtime));
  }
  if (const auto* slower = first_slower(outcome, GateKind::rival)) {
    steps.push_back(
        fmt::format("{} is further from {} than {} allows: find the cost, or raise that 'limit' with a reason",
                    slower->runtime, slower->against, outcome.config));
  }
  if (first_slower(outcome, GateKind::count)) {
    steps.push_back(
        "a count is above its baseline: if that is meant, `gauntlet gate --update-counts` and commit the file");
  }
  if (has(outcome, VerdictWord::unstable)) {
    steps.push_back(
        outcome.end == GateEnd::out_of_time
            ? fmt::format("the budget of {:.0f} s ended first: raise it with --budget, or gate less in {}",
                          outcome.budget_s, outcome.config)
            : std::string("this machine is too noisy for so small an effect: end what else runs on it, pin its "
                          "frequency, or raise the minimum effect"));
    steps.push_back("to let what is unstable pass: --on-unstable pass");
  }
  if (has(outcome, VerdictWord::invalid)) steps.push_back("what is invalid was not compared: its line says why");
  return steps;
}

std::string gate_table(const GateOutcome& outcome) {
  std::string text = fmt::format("head: {}\n", outcome.head);
  if (!outcome.base.empty()) text += fmt::format("base: {}\n", outcome.base);
  if (outcome.end) text += fmt::format("{} rounds in {:.0f} s\n", outcome.rounds, outcome.elapsed_s);
  text += "\n";
  for (const GateVerdict& verdict : outcome.verdicts) {
    text += fmt::format("{:<9} {} {}: {} against {}: {} -> {} {}\n          {}\n", word_of(verdict.verdict.word),
                        verdict.cell, verdict.metric.name, verdict.runtime, against_text(verdict),
                        figure_text(verdict.opponent), figure_text(verdict.head), verdict.metric.unit,
                        verdict.verdict.reason);
  }
  const auto steps = next_steps(outcome);
  if (!steps.empty()) text += "\nWhat to do next:\n";
  for (const std::string& step : steps) text += fmt::format("  * {}\n", step);
  return text;
}

std::string gate_json(const GateOutcome& outcome) {
  Json verdicts = Json::array();
  for (const GateVerdict& verdict : outcome.verdicts) verdicts.push_back(verdict_json(verdict));
  const char* end = !outcome.end ? "not run" : *outcome.end == GateEnd::decided ? "decided" : "out of time";
  return dump_pretty({{"schema", "gauntlet.gate/1"},
                      {"command", outcome.command},
                      {"config", outcome.config},
                      {"base", outcome.base},
                      {"head", outcome.head},
                      {"identical", outcome.identical},
                      {"end", end},
                      {"rounds", outcome.rounds},
                      {"elapsed_s", outcome.elapsed_s},
                      {"verdicts", verdicts},
                      {"next", next_steps(outcome)},
                      {"exit_code", outcome.exit_code}});
}

std::string gate_progress(int round, double elapsed_s, double budget_s, std::span<const GateVerdict> verdicts) {
  std::string text = fmt::format("round {}, {:.0f} s", round, elapsed_s);
  if (std::isfinite(budget_s)) text += fmt::format(" of {:.0f} s", budget_s);
  text += ":";
  for (const GateVerdict& verdict : verdicts) {
    text += fmt::format(" {} {} {}", verdict.cell, verdict.runtime, verdict.metric.name);
    if (verdict.ratio.ratio) text += " " + change_text(*verdict.ratio.ratio);
    if (const auto& interval = verdict.ratio.interval) {
      text += fmt::format(" [{}, {}]", change_text(interval->low), change_text(interval->high));
    }
    text += ";";
  }
  if (text.ends_with(';')) text.pop_back();
  return text;
}

}  // namespace gauntlet
