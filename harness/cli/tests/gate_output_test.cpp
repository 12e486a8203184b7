#include "harness/cli/gate_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cli/tests/gate_outcome_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::outcome_of;
using fixtures::verdict_of;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(GateOutput, ShowsEachVerdictWithFiguresAndReason) {
  EXPECT_THAT(gate_table(outcome_of({verdict_of(VerdictWord::slower)})),
              AllOf(HasSubstr("base: main (abc)"), HasSubstr("12 rounds in 58 s"),
                    HasSubstr("slower    load/http-open cost_us: single_loop against the base: 4 -> 4.4 us"),
                    HasSubstr("the reason")));
}

TEST(GateOutput, SaysWhatToDoNext) {
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::slower)})), Contains(HasSubstr("perf record")));
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::slower, GateKind::rival)})),
              Contains(HasSubstr("'limit'")));
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::slower, GateKind::count)})),
              Contains(HasSubstr("--update-counts")));
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::invalid)})), Contains(HasSubstr("its line says why")));
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::same), verdict_of(VerdictWord::faster)})), IsEmpty());
}

TEST(GateOutput, TellsAnEndedBudgetFromANoisyMachine) {
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::unstable)}, GateEnd::out_of_time)),
              Contains(HasSubstr("--budget")));
  EXPECT_THAT(next_steps(outcome_of({verdict_of(VerdictWord::unstable)})), Contains(HasSubstr("too noisy")));
}

TEST(GateOutput, IsOneObjectForPrograms) {
  const auto json = nlohmann::json::parse(gate_json(outcome_of({verdict_of(VerdictWord::slower)})));
  EXPECT_EQ(json.at("end"), "decided");
  const auto& first = json.at("verdicts").at(0);
  EXPECT_EQ(first.at("kind"), "build");
  EXPECT_EQ(first.at("against"), "base");
  EXPECT_EQ(first.at("ratio"), 1.1);
  EXPECT_EQ(first.at("noise_low"), nullptr);
  EXPECT_FALSE(json.at("next").empty());
}

TEST(GateOutput, ShowsHowFarItIs) {
  const std::vector<GateVerdict> verdicts = {verdict_of(VerdictWord::slower)};
  EXPECT_EQ(gate_progress(7, 34, 180, verdicts),
            "round 7, 34 s of 180 s: load/http-open single_loop cost_us +10.0 % [+8.0 %, +12.0 %]");
}

}  // namespace
}  // namespace gauntlet
