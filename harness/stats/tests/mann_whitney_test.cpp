#include "harness/stats/mann_whitney.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace gauntlet {
namespace {

using Values = std::vector<double>;

// Hollander and Wolfe, Nonparametric Statistical Methods, 1973, page 69: permeability of the human chorioamnion at
// term, and at 12 to 26 weeks. One-sided 0.1272.
const Values kAtTerm = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const Values kEarlier = {1.15, 0.88, 0.90, 0.74, 1.21};

TEST(MannWhitney, GivesTheExactPValueOfThePermeabilities) {
  const MannWhitney result = mann_whitney(kAtTerm, kEarlier);
  EXPECT_TRUE(result.exact);
  EXPECT_EQ(result.u, 35);
  EXPECT_NEAR(result.p, 2 * 0.1272, 1e-4);
}

TEST(MannWhitney, IsTheSameFromTheOtherSide) {
  const MannWhitney result = mann_whitney(kEarlier, kAtTerm);
  EXPECT_EQ(result.u, 15);
  EXPECT_NEAR(result.p, mann_whitney(kAtTerm, kEarlier).p, 1e-12);
}

TEST(MannWhitney, FindsTwentyArrangementsOfThreeAgainstThree) {
  // The most extreme of 20 is one in 20 on each side.
  EXPECT_NEAR(mann_whitney(Values{4, 5, 6}, Values{1, 2, 3}).p, 0.1, 1e-12);
  EXPECT_EQ(mann_whitney(Values{4, 5, 6}, Values{1, 2, 3}).u, 9);
}

TEST(MannWhitney, GivesTheExactPValueOfTheAgesAtDiagnosis) {
  // The example of scipy.stats.mannwhitneyu: U 17, p 0.1111.
  const MannWhitney result = mann_whitney(Values{19, 22, 16, 29, 24}, Values{20, 11, 17, 12});
  EXPECT_EQ(result.u, 17);
  EXPECT_NEAR(result.p, 0.1111, 1e-4);
}

TEST(MannWhitney, CountsATieHalfAndThenApproximates) {
  const MannWhitney result = mann_whitney(Values{1, 2, 3, 4, 5, 6}, Values{4, 5, 6, 7, 8, 9});
  EXPECT_FALSE(result.exact);
  EXPECT_EQ(result.u, 4.5);
  // By hand: variance 36/12 * (13 - 18/132) = 38.5909, z = (18 - 4.5 - 0.5) / 6.21216 = 2.09267.
  EXPECT_NEAR(result.p, 0.036379, 1e-5);
}

TEST(MannWhitney, ApproximationAndCountAgreeOnLargerSamples) {
  Values a, b;
  for (int i = 0; i < 30; ++i) {
    a.push_back(i * 1.01);
    b.push_back(i * 1.2 + 2.003);
  }
  const MannWhitney exact = mann_whitney(a, b);
  a[1] = a[0];  // a tie inside one side: below all of the other, so that U stays as it is
  const MannWhitney approximate = mann_whitney(a, b);
  EXPECT_TRUE(exact.exact);
  EXPECT_FALSE(approximate.exact);
  EXPECT_EQ(exact.u, approximate.u);
  EXPECT_NEAR(exact.p, approximate.p, 0.002);
}

TEST(MannWhitney, TellsNothingApartWhereAllIsEqual) {
  EXPECT_EQ(mann_whitney(Values(6, 2.0), Values(6, 2.0)).p, 1);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(mann_whitney(Values(6, infinity), Values(6, infinity)).p, 1);
}

TEST(MannWhitneyDeathTest, ComparesTwoSamples) { EXPECT_DEATH((void)mann_whitney(Values{}, Values{1}), "two samples"); }

}  // namespace
}  // namespace gauntlet
