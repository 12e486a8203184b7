#include "harness/cli/gate_reports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/cli/tests/gate_outcome_fixture.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

using fixtures::outcome_of;
using fixtures::verdict_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

GateVerdict broken() {
  GateVerdict verdict = verdict_of(VerdictWord::invalid);
  verdict.broken = true;
  return verdict;
}

TEST(GateReports, TellFailureErrorAndSkippedApart) {
  const std::string xml =
      gate_junit(outcome_of({verdict_of(VerdictWord::slower), broken(), verdict_of(VerdictWord::unstable),
                             verdict_of(VerdictWord::skipped), verdict_of(VerdictWord::same)}));
  EXPECT_THAT(xml, AllOf(HasSubstr(R"(tests="5" failures="2" errors="1" skipped="1")"), HasSubstr(R"(time="57.600")"),
                         HasSubstr(R"(<failure message="slower: the reason"/>)"),
                         HasSubstr(R"(name="single_loop cost_us against the base")")));
  EXPECT_THAT(refusal_junit("the <base> does not build"),
              HasSubstr(R"(<error message="the &lt;base&gt; does not build"/>)"));
}

TEST(GateReports, AnnotateWhatFailsAndWhatWasNotDecided) {
  GateVerdict odd = verdict_of(VerdictWord::slower);
  odd.cell = "a:b,c";
  odd.verdict.reason = "50 %\n::warning::not mine";
  EXPECT_EQ(gate_annotations(outcome_of({odd})),
            "::error title=a%3Ab%2Cc%3A slower::single_loop cost_us against the base: 50 %25%0A::warning::not mine "
            "(4 -> 4.4 us)\n");
  EXPECT_THAT(gate_annotations(outcome_of({verdict_of(VerdictWord::unstable)})), HasSubstr("::warning title="));
  EXPECT_THAT(gate_annotations(outcome_of({verdict_of(VerdictWord::same), verdict_of(VerdictWord::faster)})),
              IsEmpty());
}

TEST(GateReports, SummariseInATableThatReasonsDoNotBreak) {
  GateVerdict odd = verdict_of(VerdictWord::slower);
  odd.verdict.reason = "a | b\n<script>";
  GateOutcome outcome = outcome_of({odd});
  outcome.exit_code = 1;
  EXPECT_THAT(
      gate_step_summary(outcome),
      AllOf(HasSubstr("## Gauntlet gate: **failed**"),
            HasSubstr("| **slower** | load/http-open | single\\_loop cost\\_us against the base | 4 -&gt; 4.4 us "
                      "| a \\| b &lt;script&gt; |\n"),
            HasSubstr("What to do next:"), Not(HasSubstr("<script>"))));
}

TEST(GateReports, AppendTheStepSummaryWhereGithubWantsIt) {
  const ScratchFolder folder;
  const std::string file = folder.write("summary.md", "earlier\n");
  ASSERT_EQ(setenv("GITHUB_STEP_SUMMARY", file.c_str(), 1), 0);
  EXPECT_TRUE(append_step_summary(outcome_of({verdict_of(VerdictWord::same)})));
  std::ifstream written(file);
  EXPECT_THAT(std::string(std::istreambuf_iterator(written), {}),
              AllOf(testing::StartsWith("earlier\n## Gauntlet gate: passed"), HasSubstr("| same |")));
  setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary.md", 1);
  EXPECT_THAT(append_step_summary(outcome_of({})).error(), HasSubstr("/nowhere/summary.md"));
  unsetenv("GITHUB_STEP_SUMMARY");
  EXPECT_TRUE(append_step_summary(outcome_of({}))) << "nobody asks for it";
}

}  // namespace
}  // namespace gauntlet
