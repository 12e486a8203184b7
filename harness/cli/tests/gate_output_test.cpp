#include "harness/cli/gate_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gauntlet {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

GateVerdict verdict(VerdictWord word, GateKind kind = GateKind::build) {
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

GateOutcome outcome(std::vector<GateVerdict> verdicts, GateEnd end = GateEnd::decided) {
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

TEST(GateOutput, ShowsEachVerdictWithFiguresAndReason) {
  EXPECT_THAT(gate_table(outcome({verdict(VerdictWord::slower)})),
              AllOf(HasSubstr("base: main (abc)"), HasSubstr("12 rounds in 58 s"),
                    HasSubstr("slower    load/http-open cost_us: single_loop against the base: 4 -> 4.4 us"),
                    HasSubstr("the reason")));
}

TEST(GateOutput, SaysWhatToDoNext) {
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::slower)})), Contains(HasSubstr("perf record")));
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::slower, GateKind::rival)})), Contains(HasSubstr("'limit'")));
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::slower, GateKind::count)})),
              Contains(HasSubstr("--update-counts")));
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::invalid)})), Contains(HasSubstr("its line says why")));
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::same), verdict(VerdictWord::faster)})), IsEmpty());
}

TEST(GateOutput, TellsAnEndedBudgetFromANoisyMachine) {
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::unstable)}, GateEnd::out_of_time)),
              Contains(HasSubstr("--budget")));
  EXPECT_THAT(next_steps(outcome({verdict(VerdictWord::unstable)})), Contains(HasSubstr("too noisy")));
}

TEST(GateOutput, IsOneObjectForPrograms) {
  const auto json = nlohmann::json::parse(gate_json(outcome({verdict(VerdictWord::slower)})));
  EXPECT_EQ(json.at("end"), "decided");
  const auto& first = json.at("verdicts").at(0);
  EXPECT_EQ(first.at("kind"), "build");
  EXPECT_EQ(first.at("against"), "base");
  EXPECT_EQ(first.at("ratio"), 1.1);
  EXPECT_EQ(first.at("noise_low"), nullptr);
  EXPECT_FALSE(json.at("next").empty());
}

TEST(GateOutput, ShowsHowFarItIs) {
  const std::vector<GateVerdict> verdicts = {verdict(VerdictWord::slower)};
  EXPECT_EQ(gate_progress(7, 34, 180, verdicts),
            "round 7, 34 s of 180 s: load/http-open single_loop cost_us +10.0 % [+8.0 %, +12.0 %]");
}

}  // namespace
}  // namespace gauntlet
