#include "harness/load/validity.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gauntlet {
namespace {

using Severity = Warning::Severity;

// A second at 1,000 requests/s, 2 ms each: two in flight on average.
Tally good_tally() {
  Tally tally;
  tally.scheduled = tally.sent = tally.completed = 1000;
  tally.uncorrected.record(2'000'000, 1000);
  tally.lag.record(20'000, 1000);
  tally.in_flight = {10'000, 20'000};
  tally.busy_share = 0.5;
  return tally;
}

const Warning* find(const std::vector<Warning>& warnings, std::string_view code) {
  const auto found = std::ranges::find(warnings, code, &Warning::code);
  return found == warnings.end() ? nullptr : &*found;
}

TEST(Validity, AGoodRunHasNoWarnings) { EXPECT_TRUE(judge_generator(LoadPlan(), good_tally(), true).empty()); }

TEST(Validity, AGeneratorWithoutHeadroomIsNoted) {
  Tally tally = good_tally();
  tally.busy_share = 0.95;
  const auto warnings = judge_generator(LoadPlan(), tally, true);
  ASSERT_NE(find(warnings, "generator_bound"), nullptr);
  EXPECT_EQ(find(warnings, "generator_bound")->severity, Severity::note);
}

TEST(Validity, AScheduleThatTheGeneratorMissedVoidsTheRun) {
  Tally tally = good_tally();
  tally.sent = 980;
  tally.busy_share = 0.95;
  const auto warnings = judge_generator(LoadPlan(), tally, true);
  ASSERT_NE(find(warnings, "schedule_missed"), nullptr);
  EXPECT_EQ(find(warnings, "schedule_missed")->severity, Severity::invalid);
}

TEST(Validity, AScheduleThatTheSubjectHeldUpIsItsResultAndNotTheGeneratorsFault) {
  Tally tally = good_tally();
  tally.sent = 500;
  const auto warnings = judge_generator(LoadPlan(), tally, true);
  EXPECT_EQ(find(warnings, "schedule_missed"), nullptr);
  ASSERT_NE(find(warnings, "overloaded"), nullptr);
  EXPECT_EQ(find(warnings, "overloaded")->severity, Severity::note);
}

TEST(Validity, LatenessIsANoteAndThenVoidsTheRun) {
  Tally tally = good_tally();
  tally.lag.record(2'000'000, 50);
  ASSERT_NE(find(judge_generator(LoadPlan(), tally, true), "schedule_lag"), nullptr);
  EXPECT_EQ(find(judge_generator(LoadPlan(), tally, true), "schedule_lag")->severity, Severity::note);
  tally.lag.record(20'000'000, 50);
  EXPECT_EQ(find(judge_generator(LoadPlan(), tally, true), "schedule_lag")->severity, Severity::invalid);
}

TEST(Validity, InFlightThatLatenciesDoNotExplainIsNoted) {
  Tally tally = good_tally();
  tally.in_flight.sum = 30'000;
  EXPECT_NE(find(judge_generator(LoadPlan(), tally, true), "littles_law"), nullptr);
}

TEST(Validity, AnswersOfTheDrainDoNotRaiseTheRate) {
  Tally tally = good_tally();
  tally.uncorrected.record(2'000'000, 1000);
  EXPECT_EQ(find(judge_generator(LoadPlan(), tally, true), "littles_law"), nullptr);
}

TEST(Validity, WhatWasSetAsideWasInFlightAsWell) {
  Tally tally = good_tally();
  tally.shed = 1000;
  tally.set_aside.record(1'000'000, 1000);
  tally.in_flight.sum = 30'000;
  EXPECT_EQ(find(judge_generator(LoadPlan(), tally, true), "littles_law"), nullptr);
  tally.shed = 0;
  tally.set_aside = Histogram();
  EXPECT_NE(find(judge_generator(LoadPlan(), tally, true), "littles_law"), nullptr);
}

TEST(Validity, WhatWarmUpLeftBehindIsNoted) {
  Tally tally = good_tally();
  tally.count_error(ErrorKind::wrong_body, false, "a wrong body");
  const auto warnings = judge_generator(LoadPlan(), tally, false);
  ASSERT_NE(find(warnings, "not_steady"), nullptr);
  ASSERT_NE(find(warnings, "warmup_errors"), nullptr);
  EXPECT_NE(find(warnings, "warmup_errors")->text.find("a wrong body"), std::string::npos);
}

TEST(Tally, MergedTalliesAddUp) {
  Tally sum = good_tally();
  Tally other = good_tally();
  other.count_error(ErrorKind::malformed, true, "first");
  other.busy_share = 0.7;
  other.shed = 5;
  other.abandoned = 6;
  other.apart.record(1'000, 7);
  other.intervals = {{.completed = 3, .good = 2}};
  sum.merge(other);
  EXPECT_EQ(sum.scheduled, 2000u);
  EXPECT_EQ(sum.uncorrected.count(), 2000);
  EXPECT_EQ(sum.all_errors(), 1u);
  EXPECT_EQ(sum.first_error, "first");
  EXPECT_EQ(sum.in_flight.instants, 20'000u);
  EXPECT_DOUBLE_EQ(sum.busy_share, 0.7);
  EXPECT_EQ(sum.shed, 5u);
  EXPECT_EQ(sum.abandoned, 6u);
  EXPECT_EQ(sum.apart.count(), 7);
  ASSERT_EQ(sum.intervals.size(), 1u);
  EXPECT_EQ(sum.intervals[0].good, 2u);
}

}  // namespace
}  // namespace gauntlet
