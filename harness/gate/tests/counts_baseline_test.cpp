#include "harness/gate/counts_baseline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/gate/tests/gate_fixture.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

const EnvironmentRecord kHere = {
    .fingerprint = "f00d",
    .facts = {{"kernel", "6.1.0", "", true}, {"load_average", "3", "", false}, {"revision", "abc", "", true}}};

std::vector<RunRecord> counted(const GatePlan& plan, std::vector<double> values) {
  fixtures::FakeSubject subject(
      [values](const RunSpec& spec, Build) { return values.at(static_cast<std::size_t>(spec.round)); });
  return run_counts(plan, subject.surroundings().run);
}

TEST(CountsBaseline, HoldsMediansAndWhatIdentifiesTheMachine) {
  const GatePlan plan = fixtures::one_count();
  const auto baseline = make_baseline(plan, counted(plan, {3, 9, 4}), kHere);
  ASSERT_TRUE(baseline) << baseline.error();
  ASSERT_EQ(baseline->environment.facts.size(), 1u) << "a baseline outlives the revision";
  const StoredCounts* stored = find_counts(*baseline, "busy_wait/idle", "single_loop");
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->values.at("idle_cpu_percent"), 4);
  EXPECT_EQ(stored->params.at("tasks"), "1000");
  EXPECT_EQ(find_counts(*baseline, "busy_wait/idle", "libuv"), nullptr);
}

TEST(CountsBaseline, ComesBackFromItsText) {
  const GatePlan plan = fixtures::one_count();
  const auto baseline = make_baseline(plan, counted(plan, {3, 9, 4}), kHere);
  const auto back = parse_counts_baseline(to_json(*baseline));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(to_json(*back), to_json(*baseline));
}

TEST(CountsBaseline, IsNotMadeOfHalfTheCounts) {
  const GatePlan plan = fixtures::one_count();
  auto records = counted(plan, {1, 1, 1});
  for (RunRecord& record : records) {
    record.status = RunStatus::failed;
    record.reason = "the worker died";
  }
  const auto baseline = make_baseline(plan, records, kHere);
  ASSERT_FALSE(baseline);
  EXPECT_EQ(baseline.error(), "busy_wait/idle single_loop: idle_cpu_percent was not counted: the worker died");
}

TEST(CountsBaseline, OfANewerSchemaIsRefused) {
  const auto newer = parse_counts_baseline(R"({"schema": "gauntlet.counts/2", "environment": {}, "counts": []})");
  ASSERT_FALSE(newer);
  EXPECT_THAT(newer.error(), HasSubstr("gauntlet.counts/2"));
}

TEST(CountsBaseline, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(parse_counts_baseline(R"({"schema": "gauntlet.counts/1"})").error(), HasSubstr("environment"));
  EXPECT_THAT(parse_counts_baseline("nonsense").error(), HasSubstr("not JSON"));
}

TEST(CountsBaseline, IsNothingWhereThereIsNoFile) {
  const auto baseline = load_counts_baseline("/nowhere/counts.json");
  ASSERT_TRUE(baseline);
  EXPECT_FALSE(*baseline);
}

}  // namespace
}  // namespace gauntlet
