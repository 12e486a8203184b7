#include "harness/doctor/aa_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

RunRecord record_of(double cost) {
  RunRecord record;
  record.metrics[kProbeMetric] = {.value = cost, .unit = "us", .better = Better::lower};
  return record;
}

/// Runs that take a second each; the costs are told by `cost`, which gets the number of runs before.
struct Simulated {
  std::function<RunRecord(int)> cost;
  int runs = 0;
  std::vector<std::size_t> told = {};

  std::expected<AaProbe, std::string> probe(double budget_s) {
    return run_aa_probe({.run = [this] { return cost(runs++); },
                         .now_s = [this] { return static_cast<double>(runs); },
                         .on_pair = [this](std::size_t pairs, double) { told.push_back(pairs); }},
                        budget_s);
  }
};

TEST(AaProbe, RunsPairsUntilTheNextWouldExceedTheBudget) {
  Simulated simulated{[](int) { return record_of(5); }};
  const auto probe = simulated.probe(21);
  ASSERT_TRUE(probe);
  EXPECT_THAT(probe->log_ratios, SizeIs(10));
  EXPECT_EQ(probe->elapsed_s, 20);
  EXPECT_EQ(probe->seconds_per_pair, 2);
  EXPECT_EQ(simulated.told.back(), 10u);
}

TEST(AaProbe, RunsAsManyPairsAsAnIntervalNeedsWhateverTheBudget) {
  Simulated simulated{[](int) { return record_of(5); }};
  EXPECT_THAT(simulated.probe(1)->log_ratios, SizeIs(6));
}

TEST(AaProbe, CountsWhatTheSecondPlaceCostsForEitherHalf) {
  Simulated simulated{[](int runs) { return record_of(runs % 2 == 0 ? 4 : 5); }};
  const auto probe = simulated.probe(16);
  ASSERT_THAT(probe->log_ratios, SizeIs(8));
  double sum = 0;
  for (const double ratio : probe->log_ratios) {
    EXPECT_NEAR(std::abs(ratio), std::log(1.25), 1e-12);
    sum += ratio;
  }
  EXPECT_NEAR(sum, 0, 1e-12);
}

TEST(AaProbe, OfRunsThatFailSaysWhy) {
  Simulated failing{[](int) {
    RunRecord record;
    record.status = RunStatus::failed;
    record.reason = "the worker died";
    return record;
  }};
  EXPECT_THAT(failing.probe(10).error(), HasSubstr("the worker died"));
  Simulated empty{[](int) { return RunRecord{}; }};
  EXPECT_THAT(empty.probe(10).error(), HasSubstr(kProbeMetric));
}

}  // namespace
}  // namespace gauntlet
