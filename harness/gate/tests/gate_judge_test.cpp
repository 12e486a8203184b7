#include "harness/gate/gate_judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/gate/tests/gate_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::FakeSubject;
using fixtures::judged;
using fixtures::one_build;
using fixtures::one_count;
using fixtures::one_rival;
using fixtures::wobble;
using testing::AllOf;
using testing::HasSubstr;

/// Costs `head` times what the others cost.
FakeSubject subject(double head) {
  return FakeSubject([head](const RunSpec& spec, Build) { return 4 * wobble(spec) * (spec.arm == "head" ? head : 1); });
}

GateVerdict only(const std::vector<GateVerdict>& verdicts) {
  EXPECT_EQ(verdicts.size(), 1u);
  return verdicts.at(0);
}

TEST(GateJudge, FindsARegressionOfTheBuild) {
  const GateVerdict verdict = only(judged(one_build(), subject(1.10)));
  EXPECT_EQ(verdict.verdict.word, VerdictWord::slower);
  EXPECT_NEAR(*verdict.ratio.ratio, 1.10, 0.01);
  EXPECT_LE(*verdict.adjusted_p, 0.05);
  EXPECT_FALSE(verdict.broken);
}

TEST(GateJudge, FindsAnImprovementAndEquality) {
  EXPECT_EQ(only(judged(one_build(), subject(0.9))).verdict.word, VerdictWord::faster);
  EXPECT_EQ(only(judged(one_build(), subject(1))).verdict.word, VerdictWord::same);
}

TEST(GateJudge, HoldsARivalAgainstItsLimit) {
  const GateVerdict above = only(judged(one_rival(1.5), subject(1.8)));
  EXPECT_EQ(above.verdict.word, VerdictWord::slower);
  EXPECT_THAT(above.verdict.reason, AllOf(HasSubstr("1.8 times floor_epoll, and 1.5 is the limit; against that +")));
  EXPECT_EQ(only(judged(one_rival(1.5), subject(1.2))).verdict.word, VerdictWord::faster);
  EXPECT_EQ(only(judged(one_rival(1.5), subject(1.5))).verdict.word, VerdictWord::same);
}

TEST(GateJudge, AdjustsOverAllThatIsGated) {
  const GatePlan plan = fixtures::gate_plan(R"(
    [[build]]
    cell = "http-open"
    scenario = "load"
    runtimes = ["single_loop", "libuv"]
    metrics = { subject_cpu_us_per_request = 0.02, latency_p99_us = 0.1 })");
  const auto verdicts = judged(plan, subject(1.05));
  ASSERT_EQ(verdicts.size(), 4u);
  for (const GateVerdict& verdict : verdicts) EXPECT_NEAR(*verdict.adjusted_p, 4 * *verdict.p, 1e-12);
  EXPECT_EQ(verdicts[0].metric.name, "latency_p99_us");
  EXPECT_EQ(verdicts[0].verdict.word, VerdictWord::same) << "a twentieth, where a tenth is the least that counts";
  EXPECT_EQ(verdicts[1].verdict.word, VerdictWord::slower);
}

TEST(GateJudge, IsInvalidWhereOneSideDidNotMeasureTheMetric) {
  FakeSubject without = subject(1);
  without.mishap = [](RunRecord& record, Build build) {
    if (build == Build::base) record.metrics.clear();
  };
  const GateVerdict verdict = only(judged(one_build(), without));
  EXPECT_EQ(verdict.verdict.word, VerdictWord::invalid);
  EXPECT_EQ(verdict.verdict.reason, "the base: single_loop: subject_cpu_us_per_request was not measured");
}

TEST(GateJudge, IsInvalidWhereTheBaseCannotRunWhatThisBuildCan) {
  FakeSubject skipping = subject(1);
  skipping.mishap = [](RunRecord& record, Build build) {
    if (build != Build::base) return;
    record.status = RunStatus::skipped;
    record.reason = "no such runtime";
    record.metrics.clear();
  };
  const GateVerdict verdict = only(judged(one_build(), skipping));
  EXPECT_EQ(verdict.verdict.word, VerdictWord::invalid);
  EXPECT_EQ(verdict.verdict.reason, "the base: single_loop: no such runtime");
}

TEST(GateJudge, IsSkippedWhereNeitherCanRun) {
  FakeSubject skipping = subject(1);
  skipping.mishap = [](RunRecord& record, Build) {
    record.status = RunStatus::skipped;
    record.reason = "no ring";
    record.metrics.clear();
  };
  EXPECT_EQ(only(judged(one_build(), skipping)).verdict.word, VerdictWord::skipped);
}

TEST(GateJudge, NeverPassesOverABuildThatFailsWhereItsBaseDoesNot) {
  FakeSubject failing = subject(0.5);
  failing.mishap = [](RunRecord& record, Build build) {
    if (build == Build::base || record.spec.round != 4) return;
    record.status = RunStatus::failed;
    record.reason = "the worker died of SIGSEGV";
  };
  const GateVerdict verdict = only(judged(one_build(), failing));
  EXPECT_TRUE(verdict.broken);
  EXPECT_EQ(verdict.verdict.word, VerdictWord::invalid);
  EXPECT_THAT(verdict.verdict.reason, AllOf(HasSubstr("this build failed and the base did not"), HasSubstr("SIGSEGV")));
}

TEST(GateJudge, IsNotBrokenWhereBothFail) {
  FakeSubject failing = subject(1);
  failing.mishap = [](RunRecord& record, Build) { record.status = RunStatus::failed; };
  const GateVerdict verdict = only(judged(one_build(), failing));
  EXPECT_FALSE(verdict.broken);
  EXPECT_EQ(verdict.verdict.word, VerdictWord::invalid);
}

class GateCounts : public testing::Test {
 protected:
  const EnvironmentRecord here_ = {
      .fingerprint = "f00d",
      .facts = {{"kernel", "6.1.0", "", true}, {"compiler_flags", "-O2", "", true}, {"revision", "abc", "", true}}};

  std::vector<RunRecord> counted(const GatePlan& plan, double value) {
    FakeSubject fake([value](const RunSpec&, Build) { return value; });
    return run_counts(plan, fake.surroundings().run);
  }
  GateVerdict verdict(double value, double stored, bool portable = false) {
    const GatePlan plan = one_count(portable);
    const auto baseline = make_baseline(plan, counted(plan, stored), there_);
    EXPECT_TRUE(baseline) << baseline.error();
    return only(judge_counts(plan, counted(plan, value), &*baseline, here_));
  }
  EnvironmentRecord there_ = here_;
};

TEST_F(GateCounts, AllowWhatLiesWithinToleranceAndSlack) {
  EXPECT_EQ(verdict(20, 20).verdict.word, VerdictWord::same);
  EXPECT_EQ(verdict(23, 20).verdict.word, VerdictWord::same);
  EXPECT_EQ(verdict(23.1, 20).verdict.word, VerdictWord::slower);
  EXPECT_EQ(verdict(16.9, 20).verdict.word, VerdictWord::faster);
  EXPECT_THAT(verdict(16.9, 20).verdict.reason, HasSubstr("update the baseline"));
}

TEST_F(GateCounts, OfZeroAllowTheSlackAlone) {
  EXPECT_EQ(verdict(1, 0).verdict.word, VerdictWord::same);
  EXPECT_EQ(verdict(2, 0).verdict.word, VerdictWord::slower);
}

TEST_F(GateCounts, AreRefusedFromAnotherMachineWithTheDifference) {
  there_.facts[0].value = "5.10";
  const GateVerdict refused = verdict(20, 20);
  EXPECT_EQ(refused.verdict.word, VerdictWord::invalid);
  EXPECT_THAT(refused.verdict.reason, HasSubstr("kernel (5.10 in the baseline, 6.1.0 here)"));
  EXPECT_EQ(verdict(20, 20, true).verdict.word, VerdictWord::same) << "portable ones are not";
}

TEST_F(GateCounts, AreRefusedFromAnotherBuildTypeEvenWherePortable) {
  there_.facts[1].value = "-O0";
  EXPECT_THAT(verdict(20, 20, true).verdict.reason, HasSubstr("compiler_flags (-O0 in the baseline, -O2 here)"));
}

TEST_F(GateCounts, LetTheRevisionDiffer) {
  there_.facts[2].value = "def";
  EXPECT_EQ(verdict(20, 20).verdict.word, VerdictWord::same);
}

TEST_F(GateCounts, NeedABaseline) {
  const GatePlan plan = one_count();
  const GateVerdict missing = only(judge_counts(plan, counted(plan, 20), nullptr, here_));
  EXPECT_EQ(missing.verdict.word, VerdictWord::invalid);
  EXPECT_THAT(missing.verdict.reason, HasSubstr("gauntlet gate --update-counts"));
}

TEST_F(GateCounts, AreRefusedWhenCountedWithOtherParameters) {
  GatePlan plan = one_count();
  const auto baseline = make_baseline(plan, counted(plan, 20), here_);
  plan.counts[0].params["tasks"] = "5";
  const GateVerdict refused = only(judge_counts(plan, counted(plan, 20), &*baseline, here_));
  EXPECT_THAT(refused.verdict.reason, HasSubstr("tasks (1000 there, 5 here)"));
}

TEST_F(GateCounts, OfAFailedRunAreBroken) {
  const GatePlan plan = one_count();
  auto records = counted(plan, 20);
  records[1].status = RunStatus::failed;
  const auto baseline = make_baseline(plan, counted(plan, 20), here_);
  EXPECT_TRUE(only(judge_counts(plan, records, &*baseline, here_)).broken);
}

}  // namespace
}  // namespace gauntlet
