#include "harness/load/warmup.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gauntlet {
namespace {

bool is_steady_after(std::optional<double> offered, const std::vector<std::uint64_t>& intervals) {
  WarmupDetector detector(offered);
  for (const std::uint64_t completed : intervals) detector.add(completed);
  return detector.is_steady();
}

TEST(Warmup, AFlatRateIsSteady) { EXPECT_TRUE(is_steady_after(std::nullopt, {5000, 5010, 4990, 5005, 4995, 5000})); }

TEST(Warmup, ARisingRateIsNot) {
  EXPECT_FALSE(is_steady_after(std::nullopt, {4000, 4200, 4400, 4600, 4800, 5000}));
  EXPECT_FALSE(is_steady_after(std::nullopt, {5000, 4800, 4600, 4400, 4200, 4000}));
}

TEST(Warmup, TheBeginningIsForgottenOnceTheRateIsFlat) {
  std::vector<std::uint64_t> intervals = {10, 500, 2000, 4000};
  for (int i = 0; i < 3; ++i) intervals.push_back(5000);
  EXPECT_FALSE(is_steady_after(std::nullopt, intervals));
  for (int i = 0; i < 3; ++i) intervals.push_back(5000);
  EXPECT_TRUE(is_steady_after(std::nullopt, intervals));
}

TEST(Warmup, TooFewIntervalsAreNeverSteady) {
  EXPECT_FALSE(is_steady_after(std::nullopt, {5000, 5000, 5000, 5000, 5000}));
}

TEST(Warmup, ASubjectThatAnswersNothingIsNeverSteady) {
  EXPECT_FALSE(is_steady_after(std::nullopt, std::vector<std::uint64_t>(20, 0)));
  EXPECT_FALSE(is_steady_after(10.0, std::vector<std::uint64_t>(20, 0)));
}

TEST(Warmup, TheScatterOfFewAnswersIsNoSlope) { EXPECT_TRUE(is_steady_after(std::nullopt, {8, 12, 9, 11, 13, 10})); }

TEST(Warmup, AnOpenLoopIsSteadyWhenTheOfferIsDelivered) {
  EXPECT_TRUE(is_steady_after(1000.0, {970, 1030, 990, 1010, 1005, 995}));
  EXPECT_FALSE(is_steady_after(1000.0, {900, 900, 900, 900, 900, 900}));
}

TEST(Warmup, CatchingUpWithABacklogIsNotSteady) {
  EXPECT_FALSE(is_steady_after(1000.0, {1200, 1200, 1200, 1200, 1200, 1200}));
}

}  // namespace
}  // namespace gauntlet
