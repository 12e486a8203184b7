#include "scenarios/common_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

LoadOutcome answered(std::uint64_t completed) {
  LoadOutcome load;
  load.completed = completed;
  load.generator_cpu_s = 0.002;
  load.subject.cpu_s = 0.001;
  load.subject.voluntary_switches = 30;
  load.subject.involuntary_switches = 20;
  return load;
}

TEST(CommonRows, DividesWhatALoadCostByItsVerifiedAnswers) {
  std::map<std::string, double> metrics;
  add_costs_per_request(answered(100), metrics);
  EXPECT_THAT(metrics, ElementsAre(Pair("context_switches_per_request", 0.5), Pair("generator_cpu_us_per_request", 20),
                                   Pair("subject_cpu_us_per_request", 10)));
}

TEST(CommonRows, KnowsNoCostPerRequestWhenNothingWasAnswered) {
  std::map<std::string, double> metrics;
  add_costs_per_request(answered(0), metrics);
  EXPECT_THAT(metrics, IsEmpty());
}

TEST(CommonRows, NamesTheMetricsAsTheirFiguresAreNamed) {
  std::map<std::string, double> metrics;
  add_costs_per_request(answered(1), metrics);
  EXPECT_TRUE(metrics.contains(common_metric::subject_cpu_us_per_request().name));
  EXPECT_TRUE(metrics.contains(common_metric::generator_cpu_us_per_request().name));
  EXPECT_TRUE(metrics.contains(common_metric::context_switches_per_request().name));
}

TEST(CommonRows, SumsTheErrorsOfSeveralLoadsAndKeepsTheFirstOne) {
  LoadOutcome first, second;
  first.errors = 0;
  second.errors = 3;
  second.first_error = "404";
  second.warnings = {{Warning::Severity::note, "disturbed", ""}};
  LoadOutcome third = second;
  third.first_error = "500";
  Observations seen;
  for (const LoadOutcome& load : {first, second, third}) add_answers(load, seen);
  EXPECT_EQ(seen.metrics.at(common_metric::errors().name), 6);
  EXPECT_EQ(seen.wrong_answers, 6U);
  EXPECT_EQ(seen.first_error, "404");
  EXPECT_EQ(seen.warnings.size(), 2U);
}

TEST(CommonRows, CountsASwitchOfEitherKindAsAWakeUp) {
  Consumption idle;
  idle.window_s = 2;
  idle.cpu_s = 0.5;
  idle.voluntary_switches = 1;
  idle.involuntary_switches = 2;
  EXPECT_EQ(wakeups(idle), 3);
  EXPECT_EQ(cpu_percent(idle), 25);
}

}  // namespace
}  // namespace gauntlet
