#include "harness/stats/resolution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "harness/stats/median.hpp"

namespace gauntlet {
namespace {

TEST(Resolution, NeedsAsManyRoundsAsAnInterval) {
  const std::vector<double> five(5, 0.01), six(6, 0.01);
  EXPECT_FALSE(resolution_of(five, 60));
  EXPECT_FALSE(resolution_of(six, 5));
  EXPECT_TRUE(resolution_of(six, 6));
}

TEST(Resolution, OfAMachineWithoutNoiseIsNothing) {
  const std::vector<double> same(8, 0.0);
  EXPECT_EQ(resolution_of(same, 60)->effect, 0);
}

TEST(Resolution, IsTwiceAsFineWithFourTimesTheRounds) {
  const std::vector<double> ratios = {0.01, -0.02, 0.015, -0.005, 0.01, -0.01, 0.02};
  const auto few = resolution_of(ratios, 16), many = resolution_of(ratios, 64);
  EXPECT_NEAR(std::log1p(few->effect), 2 * std::log1p(many->effect), 1e-12);
}

TEST(Resolution, IsNotMovedByOneDisturbedRound) {
  std::vector<double> ratios = {0.01, -0.02, 0.015, -0.005, 0.01, -0.01, 0.02, 0.021};
  const double quiet = resolution_of(ratios, 60)->effect;
  ratios.back() = 0.3;
  EXPECT_EQ(resolution_of(ratios, 60)->effect, quiet);
}

TEST(Resolution, StatesHowFarItsOwnSpreadIsKnown) {
  std::mt19937_64 random(8);
  std::normal_distribution<double> noise(0, 0.02);
  double squares = 0;
  constexpr int trials = 500;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> ratios(25);
    for (double& ratio : ratios) ratio = noise(random);
    const double error = resolution_of(ratios, 60)->spread / 0.02 - 1;
    squares += error * error;
  }
  EXPECT_NEAR(std::sqrt(squares / trials), resolution_of(std::vector<double>(25, 0.02), 60)->uncertainty, 0.03);
}

TEST(Resolution, IsTheChangeThatAVerdictFindsNearlyAlways) {
  std::mt19937_64 random(7);
  constexpr double spread = 0.03;
  constexpr std::size_t rounds = 40;
  std::normal_distribution<double> noise(0, spread);
  std::vector<double> trial(2001);
  for (double& ratio : trial) ratio = noise(random);
  const auto resolution = resolution_of(trial, rounds);
  EXPECT_NEAR(resolution->spread, spread, 0.002);

  const double change = std::log1p(resolution->effect);
  const auto share_found = [&](double shift) {
    constexpr int trials = 400;
    int found = 0;
    for (int i = 0; i < trials; ++i) {
      std::vector<double> ratios(rounds);
      for (double& ratio : ratios) ratio = shift + noise(random);
      found += median_interval(ratios)->low > 0 ? 1 : 0;
    }
    return static_cast<double>(found) / trials;
  };
  EXPECT_GT(share_found(change), 0.9);
  EXPECT_LT(share_found(change / 2), 0.6);
}

}  // namespace
}  // namespace gauntlet
