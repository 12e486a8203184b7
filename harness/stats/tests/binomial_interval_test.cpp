#include "harness/stats/binomial_interval.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gauntlet {
namespace {

TEST(ClopperPearson, GivesTheBoundsOfTheLiterature) {
  // Brown, Cai and DasGupta, Statistical Science 16 (2001); R: binom.test(c(7, 3)).
  const Interval some = clopper_pearson(7, 10);
  EXPECT_NEAR(some.low, 0.3475, 5e-5);
  EXPECT_NEAR(some.high, 0.9333, 5e-5);
  EXPECT_NEAR(clopper_pearson(20, 20).low, 0.8316, 5e-5);
  EXPECT_NEAR(clopper_pearson(0, 300).high, 0.0122, 5e-5);
  EXPECT_EQ(clopper_pearson(20, 20).high, 1);
  EXPECT_EQ(clopper_pearson(0, 300).low, 0);
}

TEST(ClopperPearson, CoversAtLeastWhatIsAskedForEveryProbability) {
  constexpr std::size_t trials = 20;
  for (const double p : {0.02, 0.2, 0.5, 0.83, 0.97}) {
    double covered = 0, ways = 1;
    for (std::size_t successes = 0; successes <= trials; ++successes) {
      const auto k = static_cast<double>(successes);
      const Interval interval = clopper_pearson(successes, trials);
      if (interval.low <= p && p <= interval.high) covered += ways * std::pow(p, k) * std::pow(1 - p, trials - k);
      ways *= (trials - k) / (k + 1);
    }
    EXPECT_GE(covered, 0.95) << p;
  }
}

}  // namespace
}  // namespace gauntlet
