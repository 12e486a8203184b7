#include "harness/stats/stopping_rule.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gauntlet {
namespace {

constexpr StoppingRule kRule{.least_rounds = 12, .most_rounds = 20, .effect = 0.04};

PairedRatio known(double low, double high, std::size_t pairs) {
  return {.pairs = pairs, .ratio = low, .interval = Interval{low, high}};
}

TEST(StoppingRule, StopsOnceBothIntervalsAreNarrowerThanTheEffect) {
  EXPECT_EQ(should_stop(kRule, known(0.99, 1.02, 12), known(0.99, 1.01, 12)), Stop::precise);
  EXPECT_EQ(should_stop(kRule, known(0.97, 1.02, 12), known(0.99, 1.01, 12)), Stop::not_yet);
  EXPECT_EQ(should_stop(kRule, known(0.99, 1.02, 12), known(0.97, 1.02, 12)), Stop::not_yet);
}

TEST(StoppingRule, DoesNotLookAtWhereTheIntervalLies) {
  EXPECT_EQ(should_stop(kRule, known(1.98, 2.04, 12), known(0.99, 1.01, 12)), Stop::precise);
  EXPECT_EQ(should_stop(kRule, known(1.9, 2.1, 12), known(0.99, 1.01, 12)), Stop::not_yet);
}

TEST(StoppingRule, NeverStopsBeforeTheLeastNumberOfRounds) {
  EXPECT_EQ(should_stop(kRule, known(1, 1, 11), known(1, 1, 11)), Stop::not_yet);
  EXPECT_EQ(should_stop(kRule, known(1, 1, 12), known(1, 1, 11)), Stop::not_yet) << "the shorter side counts";
}

TEST(StoppingRule, StopsAtTheCapHoweverWideTheIntervals) {
  EXPECT_EQ(should_stop(kRule, known(0.5, 2, 20), known(0.5, 2, 20)), Stop::at_cap);
}

TEST(StoppingRule, TakesNoIntervalForAWideOne) {
  EXPECT_EQ(should_stop(kRule, PairedRatio{.pairs = 12}, known(1, 1, 12)), Stop::not_yet);
  EXPECT_EQ(width_of(PairedRatio{}), std::numeric_limits<double>::infinity());
}

TEST(StoppingRule, TakesTwoZerosForANarrowInterval) { EXPECT_EQ(width_of(known(0, 0, 12)), 0); }

}  // namespace
}  // namespace gauntlet
