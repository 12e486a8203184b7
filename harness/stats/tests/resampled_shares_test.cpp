#include "harness/stats/resampled_shares.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "harness/stats/median.hpp"

namespace gauntlet {
namespace {

constexpr std::array<std::size_t, 1> kOneHundred = {100};

/// Outcome 1: the median of the drawn rounds is above the threshold.
auto median_above(const std::vector<double>& pool, double threshold) {
  return [&pool, threshold](const DrawnRounds& drawn) {
    std::vector<double> values;
    for (const std::size_t round : drawn.rounds) values.push_back(pool[round]);
    return median(values) > threshold ? std::size_t{1} : std::size_t{0};
  };
}

std::vector<double> normal_pool(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> pool(size);
  for (double& value : pool) value = normal(random);
  return pool;
}

TEST(ResampledShares, OfCertainOutcomesHaveNoWidth) {
  const auto shares = resampled_shares(kOneHundred, 12, 2, [](const DrawnRounds&) { return std::size_t{1}; });
  EXPECT_NEAR(shares[1].share, 1, 1e-9);
  EXPECT_NEAR(shares[1].interval.low, 1, 1e-9);
  EXPECT_EQ(shares[0].share, 0);
}

TEST(ResampledShares, OfOneRoundAreTheSharesInThePool) {
  const auto shares =
      resampled_shares(kOneHundred, 1, 2, [](const DrawnRounds& drawn) { return std::size_t{drawn.rounds[0] < 30}; },
                       {.trials = 20'000});
  EXPECT_NEAR(shares[1].share, 0.3, 0.02);
  EXPECT_LT(shares[1].interval.low, 0.25);
  EXPECT_GT(shares[1].interval.high, 0.35);
}

TEST(ResampledShares, AreTheSameForTheSameSeed) {
  const auto pool = normal_pool(1, 100);
  const auto a = resampled_shares(kOneHundred, 12, 2, median_above(pool, 0));
  const auto b = resampled_shares(kOneHundred, 12, 2, median_above(pool, 0));
  EXPECT_EQ(a[1].share, b[1].share);
  EXPECT_EQ(a[1].interval, b[1].interval);
}

TEST(ResampledShares, TakeTheRoundsOfAnExperimentFromOneGroup) {
  // Two layouts that differ more than rounds do: an experiment sees one of them, never their mixture.
  constexpr std::array<std::size_t, 2> sizes = {50, 50};
  std::size_t first = 0;
  const auto shares = resampled_shares(sizes, 12, 2, [&](const DrawnRounds& drawn) {
    first += drawn.group == 0 ? 1 : 0;
    return drawn.group;
  });
  EXPECT_GT(first, 0u);
  EXPECT_NEAR(shares[0].share, 0.5, 0.06);
  EXPECT_EQ(shares[0].interval.low, 0) << "of two groups, another record may hold either twice";
}

/// Power of an experiment on the median of 12 normal values: the truth by simulation, and how often the interval of a
/// pool of 100 holds it.
TEST(ResampledShares, OfAPoolCoverThePowerOfTheExperimentNearlyAsOftenAsTheySay) {
  constexpr double threshold = 0.25;
  std::size_t above = 0;
  constexpr std::size_t experiments = 20'000;
  const auto values = normal_pool(7, experiments * 12);
  for (std::size_t i = 0; i < experiments; ++i) {
    above += median(std::span(values).subspan(i * 12, 12)) > threshold ? 1 : 0;
  }
  const double power = static_cast<double>(above) / experiments;
  int covered = 0;
  constexpr int pools = 60;
  for (int i = 0; i < pools; ++i) {
    const auto pool = normal_pool(static_cast<std::uint64_t>(100 + i), 100);
    const auto share = resampled_shares(kOneHundred, 12, 2, median_above(pool, threshold),
                                        {.trials = 100, .resamples = 60, .trials_of_resample = 60})[1];
    covered += share.interval.low <= power && power <= share.interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, pools * 85 / 100);
}

}  // namespace
}  // namespace gauntlet
