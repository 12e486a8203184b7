// Gates as they end.
#pragma once

#include <utility>
#include <vector>

#include "harness/cli/gate_output.hpp"

namespace gauntlet::fixtures {

inline GateVerdict verdict_of(VerdictWord word, GateKind kind = GateKind::build) {
  GateVerdict made;
  made.kind = kind;
  made.cell = "load/http-open";
  made.runtime = "single_loop";
  made.against = kind == GateKind::rival ? "floor_epoll" : "single_loop";
  made.metric = {.name = "cost_us", .unit = "us", .better = Better::lower, .description = ""};
  made.head = 4.4;
  made.opponent = 4;
  made.ratio = {.pairs = 12, .ratio = 1.1, .interval = Interval{1.08, 1.12}};
  made.verdict = {word, "the reason"};
  return made;
}

inline GateOutcome outcome_of(std::vector<GateVerdict> verdicts, GateEnd end = GateEnd::decided) {
  GateOutcome made;
  made.config = "ci/gate.toml";
  made.base = "main (abc)";
  made.head = "def";
  made.end = end;
  made.rounds = 12;
  made.elapsed_s = 57.6;
  made.budget_s = 180;
  made.verdicts = std::move(verdicts);
  return made;
}

}  // namespace gauntlet::fixtures
