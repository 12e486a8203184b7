#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/store/environment_json.hpp"
#include "harness/store/plan_json.hpp"
#include "harness/store/run_record_json.hpp"
#include "harness/store/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string error_of_record(const std::string& text) {
  const auto parsed = parse_run_record(text);
  return parsed ? "" : parsed.error();
}

TEST(RunRecordJson, ComesBackAsItWasWritten) {
  const RunRecord record = fixtures::full_record(fixtures::small_plan(), 3);
  const auto back = parse_run_record(to_json(record));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(to_json(*back), to_json(record));
  EXPECT_EQ(back->spec.index, 3u);
  EXPECT_EQ(back->spec.runtime, "io_uring");
  EXPECT_EQ(back->spec.round, 1);
  EXPECT_EQ(back->spec.params.at("protocol"), "echo");
  EXPECT_EQ(back->status, RunStatus::failed);
  EXPECT_EQ(back->verdicts.at(0).value, 98);
  EXPECT_EQ(back->metrics.at("throughput_rps").better, Better::higher);
  EXPECT_EQ(back->warnings.at(0).severity, Warning::Severity::note);
  EXPECT_EQ(back->stderr_tail, "line one\nline \"two\"\n");
}

TEST(RunRecordJson, NamesFilesOnlyWhereThereAreSome) {
  RunRecord record = fixtures::full_record(fixtures::small_plan(), 0);
  const auto back = parse_run_record(to_json(record));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(back->timelines.at("corrected"), "timelines/0000.hlog#corrected");
  EXPECT_EQ(back->lanes, "timelines/0000.csv");
  EXPECT_EQ(back->profile, "profiles/0000.folded");
  record.timelines.clear();
  record.lanes = record.profile = "";
  const std::string without = to_json(record);
  for (const char* name : {"timelines", "lanes", "profile"}) EXPECT_THAT(without, Not(HasSubstr(name)));
  EXPECT_TRUE(parse_run_record(without)) << "as results from before there were any are written";
}

TEST(PlanJson, KeepsTheConditionsThatAResumedBenchGoesOnUnder) {
  Plan plan = fixtures::small_plan();
  EXPECT_THAT(to_json(plan), Not(testing::AnyOf(HasSubstr("profile"), HasSubstr("placement"))));
  plan.profile = plan.shared_cpus = true;
  const auto back = parse_plan(to_json(plan));
  ASSERT_TRUE(back) << back.error();
  EXPECT_TRUE(back->profile);
  EXPECT_TRUE(back->shared_cpus);
  EXPECT_EQ(to_json(*back), to_json(plan));
}

TEST(RunRecordJson, TakesOneLine) {
  EXPECT_THAT(to_json(fixtures::full_record(fixtures::small_plan(), 0)), Not(HasSubstr("\n")));
}

TEST(RunRecordJson, LeavesOutAMetricThatIsNotFinite) {
  RunRecord record = fixtures::full_record(fixtures::small_plan(), 0);
  record.metrics["latency_us"].value = std::numeric_limits<double>::quiet_NaN();
  const auto back = parse_run_record(to_json(record));
  ASSERT_TRUE(back) << back.error();
  EXPECT_FALSE(back->metrics.contains("latency_us"));
  EXPECT_TRUE(back->metrics.contains("throughput_rps"));
}

TEST(RunRecordJson, SurvivesBytesOnStderrThatAreNotText) {
  RunRecord record = fixtures::full_record(fixtures::small_plan(), 0);
  record.stderr_tail = "boom \xff\xfe\x80";
  const auto back = parse_run_record(to_json(record));
  ASSERT_TRUE(back) << back.error();
  EXPECT_THAT(back->stderr_tail, HasSubstr("boom "));
}

TEST(RunRecordJson, NamesAMissingField) {
  const std::string text = to_json(fixtures::full_record(fixtures::small_plan(), 0));
  EXPECT_THAT(error_of_record(replaced(text, "\"elapsed_s\"", "\"elapsed\"")), HasSubstr("'elapsed_s' is missing"));
}

TEST(RunRecordJson, NamesAFieldOfTheWrongType) {
  const std::string text = to_json(fixtures::full_record(fixtures::small_plan(), 0));
  EXPECT_THAT(error_of_record(replaced(text, "\"round\":0", "\"round\":\"x\"")),
              HasSubstr("'round' has the wrong type"));
}

TEST(RunRecordJson, NamesAnUnknownWord) {
  const std::string text = to_json(fixtures::full_record(fixtures::small_plan(), 0));
  EXPECT_THAT(error_of_record(replaced(text, "\"status\":\"failed\"", "\"status\":\"great\"")),
              HasSubstr("'status' holds the unknown word 'great'"));
}

TEST(RunRecordJson, RefusesWhatIsNotARecord) {
  EXPECT_THAT(error_of_record(""), HasSubstr("not JSON"));
  EXPECT_THAT(error_of_record("[1, 2]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of_record("{\"schema\": 3}"), HasSubstr("'schema' has the wrong type"));
  EXPECT_THAT(error_of_record("{\"schema\": \"other.run/1\"}"), HasSubstr("not 'gauntlet.run/1'"));
}

TEST(RunRecordJson, RefusesANewerSchemaButReadsALaterMinorVersion) {
  const std::string text = to_json(fixtures::full_record(fixtures::small_plan(), 0));
  EXPECT_THAT(error_of_record(replaced(text, "gauntlet.run/1", "gauntlet.run/2")),
              HasSubstr("newer than this gauntlet"));
  EXPECT_EQ(error_of_record(replaced(text, "gauntlet.run/1", "gauntlet.run/1.3")), "");
}

TEST(PlanJson, ComesBackAsItWasWritten) {
  const Plan plan = fixtures::small_plan();
  const auto back = parse_plan(to_json(plan));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(to_json(*back), to_json(plan));
  EXPECT_EQ(back->runs.size(), 4u);
  EXPECT_EQ(back->cells.at(0).metrics.at(0).name, "latency_us");
  EXPECT_EQ(back->cells.at(0).columns, plan.cells.at(0).columns);
  EXPECT_EQ(back->seed, 7u);
}

TEST(PlanJson, RefusesANewerSchema) {
  const auto parsed = parse_plan(replaced(to_json(fixtures::small_plan()), "gauntlet.plan/1", "gauntlet.plan/2"));
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error(), HasSubstr("use the build that wrote it"));
}

TEST(PlanJson, RefusesRunsOutOfOrderOrOfNoCell) {
  Plan plan = fixtures::small_plan();
  plan.runs[1].index = 5;
  EXPECT_THAT(parse_plan(to_json(plan)).error(), HasSubstr("run 1 does not have the index of its place"));
  plan = fixtures::small_plan();
  plan.runs[2].cell = "load/other";
  EXPECT_THAT(parse_plan(to_json(plan)).error(), HasSubstr("undeclared cell 'load/other'"));
}

TEST(EnvironmentJson, ComesBackAsItWasWritten) {
  const EnvironmentRecord environment = fixtures::small_environment();
  const auto back = parse_environment(to_json(environment));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(*back, environment);
}

}  // namespace
}  // namespace gauntlet
