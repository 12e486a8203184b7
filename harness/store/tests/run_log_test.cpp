#include "harness/store/run_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/store/run_record_json.hpp"
#include "harness/store/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const Plan& plan() {
  static const Plan plan = fixtures::small_plan();
  return plan;
}

std::string line(std::size_t index) { return to_json(fixtures::full_record(plan(), index)) + "\n"; }

std::string error_of(const std::string& text) {
  const auto log = parse_run_log(text, plan());
  return log ? "" : log.error();
}

TEST(RunLog, ReadsEveryWholeLine) {
  const std::string text = line(0) + line(1);
  const auto log = parse_run_log(text, plan());
  ASSERT_TRUE(log) << log.error();
  EXPECT_EQ(log->records.size(), 2u);
  EXPECT_EQ(log->whole_bytes, text.size());
  EXPECT_FALSE(log->newline_is_missing);
  EXPECT_THAT(log->notice, IsEmpty());
}

TEST(RunLog, IsEmptyForAnEmptyText) {
  const auto log = parse_run_log("", plan());
  ASSERT_TRUE(log);
  EXPECT_THAT(log->records, IsEmpty());
}

TEST(RunLog, KeepsTheWholeLinesWhereverTheLastOneIsTorn) {
  const std::string whole = line(0);
  const std::string last = line(1);
  for (std::size_t kept = 1; kept + 1 < last.size(); ++kept) {
    const auto log = parse_run_log(whole + last.substr(0, kept), plan());
    ASSERT_TRUE(log) << log.error();
    ASSERT_EQ(log->records.size(), 1u) << "torn after " << kept << " bytes";
    ASSERT_EQ(log->whole_bytes, whole.size());
    ASSERT_THAT(log->notice, HasSubstr("line 2 of runs.jsonl is cut short"));
  }
}

TEST(RunLog, KeepsALastRecordThatOnlyLacksItsNewline) {
  std::string text = line(0) + line(1);
  text.pop_back();
  const auto log = parse_run_log(text, plan());
  ASSERT_TRUE(log) << log.error();
  EXPECT_EQ(log->records.size(), 2u);
  EXPECT_TRUE(log->newline_is_missing);
  EXPECT_EQ(log->whole_bytes, text.size());
  EXPECT_THAT(log->notice, IsEmpty());
}

TEST(RunLog, NamesABadLineThatNoKillCanExplain) {
  EXPECT_THAT(error_of(line(0) + "garbage\n" + line(1)), HasSubstr("line 2 of runs.jsonl: not JSON"));
  EXPECT_THAT(error_of(line(0) + "garbage\n"), HasSubstr("line 2 of runs.jsonl: not JSON"));
}

TEST(RunLog, RefusesARunThatThePlanDoesNotHold) {
  const Plan longer = fixtures::small_plan(9);
  const std::string outside = to_json(fixtures::full_record(longer, 10)) + "\n";
  EXPECT_THAT(error_of(outside), HasSubstr("run 10 is not in the plan"));
  RunRecord other = fixtures::full_record(plan(), 0);
  other.spec.runtime = "libuv";
  EXPECT_THAT(error_of(to_json(other) + "\n"), HasSubstr("run 0 is not the one that the plan has there"));
}

TEST(RunLog, RefusesARunRecordedTwice) {
  EXPECT_THAT(error_of(line(0) + line(0)), HasSubstr("line 2 of runs.jsonl: run 0 is recorded twice"));
}

}  // namespace
}  // namespace gauntlet
