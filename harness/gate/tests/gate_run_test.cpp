#include "harness/gate/gate_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/gate/tests/gate_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::FakeSubject;
using fixtures::one_build;
using fixtures::wobble;
using testing::Each;

double quiet(const RunSpec& spec, Build) { return 4 * wobble(spec); }
/// Every other run is half as dear again.
double loud(const RunSpec& spec, Build) { return spec.index * 7 % 4 < 2 ? 4 : 6; }

GatePlan two_duels() {
  return fixtures::gate_plan(R"(
    budget_s = 1000
    [[build]]
    cell = "http-open"
    scenario = "load"
    runtimes = ["single_loop", "libuv"]
    metrics = { subject_cpu_us_per_request = 0.02 })");
}

TEST(GateRun, StopsAtTheLeastRoundsWhenIntervalsAreNarrow) {
  FakeSubject subject(quiet);
  const GateRun run = run_duels(one_build(), subject.surroundings());
  EXPECT_EQ(run.rounds, 12);
  EXPECT_EQ(run.end, GateEnd::decided);
  EXPECT_EQ(run.records.size(), 36u);
  EXPECT_EQ(run.elapsed_s, 36);
}

TEST(GateRun, RunsTheArmsOfARoundInRotatedOrderWithTheirBuilds) {
  FakeSubject subject(quiet);
  std::map<std::string, std::set<Build>> builds;
  subject.mishap = [&builds](RunRecord& record, Build build) { builds[record.spec.arm].insert(build); };
  const GateRun run = run_duels(one_build(), subject.surroundings());
  std::map<std::string, int> first;
  for (std::size_t i = 0; i < run.records.size(); i += 3) ++first[run.records[i].spec.arm];
  EXPECT_EQ(first, (std::map<std::string, int>{{"head", 4}, {"against", 4}, {"again", 4}}));
  EXPECT_EQ(builds["head"], std::set{Build::head});
  EXPECT_EQ(builds["against"], std::set{Build::base});
  EXPECT_EQ(builds["again"], std::set{Build::base});
}

TEST(GateRun, GoesOnWhileIntervalsAreWideUntilTheCap) {
  FakeSubject subject(loud);
  GatePlan plan = one_build();
  plan.budget_s = 1e6;
  plan.most_rounds = 20;
  EXPECT_EQ(run_duels(plan, subject.surroundings()).rounds, 20);
}

TEST(GateRun, EndsBeforeTheRoundThatWouldExceedTheBudget) {
  FakeSubject subject(loud);
  GatePlan plan = one_build();
  plan.budget_s = 50;
  const GateRun run = run_duels(plan, subject.surroundings());
  EXPECT_EQ(run.rounds, 16);
  EXPECT_EQ(run.end, GateEnd::out_of_time);
  EXPECT_LE(run.elapsed_s, 50);
}

TEST(GateRun, RunsOneRoundHoweverSmallTheBudget) {
  FakeSubject subject(quiet);
  GatePlan plan = one_build();
  plan.budget_s = 0.1;
  const GateRun run = run_duels(plan, subject.surroundings());
  EXPECT_EQ(run.rounds, 1);
  const auto verdicts = judge_duels(plan, run.records);
  EXPECT_EQ(verdicts.at(0).verdict.word, VerdictWord::unstable);
  EXPECT_EQ(verdicts[0].verdict.reason, "1 paired rounds; no word from fewer than 6");
}

TEST(GateRun, LetsADecidedDuelDropOut) {
  FakeSubject subject([](const RunSpec& spec, Build build) {
    return spec.runtime == "libuv" ? loud(spec, build) : quiet(spec, build);
  });
  GatePlan plan = two_duels();
  plan.most_rounds = 20;
  const GateRun run = run_duels(plan, subject.surroundings());
  EXPECT_EQ(run.rounds, 20);
  EXPECT_EQ(std::ranges::count_if(run.records, [](const auto& record) { return record.spec.runtime == "libuv"; }), 60);
  EXPECT_EQ(std::ranges::count_if(run.records, [](const auto& record) { return record.spec.runtime != "libuv"; }), 36);
}

TEST(GateRun, GivesUpADuelWhoseArmNeverRuns) {
  FakeSubject subject(quiet);
  subject.mishap = [](RunRecord& record, Build build) {
    if (build == Build::base) record.status = RunStatus::failed;
  };
  EXPECT_EQ(run_duels(one_build(), subject.surroundings()).rounds, kHopelessRounds);
}

TEST(GateRun, TellsOfEachRoundWithWhatIsKnown) {
  FakeSubject subject(quiet);
  std::vector<std::size_t> pairs;
  GateSurroundings surroundings = subject.surroundings();
  surroundings.on_round = [&pairs](int, const std::vector<RunRecord>&, const std::vector<GateVerdict>& verdicts) {
    pairs.push_back(verdicts.at(0).ratio.pairs);
  };
  run_duels(one_build(), surroundings);
  EXPECT_EQ(pairs, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(GateRun, RunsNothingWhereThereAreNoDuels) {
  FakeSubject subject(quiet);
  EXPECT_EQ(run_duels(fixtures::one_count(), subject.surroundings()).rounds, 0);
}

TEST(GateRun, CountsAsOftenAsTheCheckSays) {
  FakeSubject subject(quiet);
  const auto records = run_counts(fixtures::one_count(), subject.surroundings().run);
  EXPECT_EQ(records.size(), 3u);
  EXPECT_EQ(records.at(2).spec.round, 2);
}

}  // namespace
}  // namespace gauntlet
